# Three objects serve every program here; host.c alone sees Linux's socket headers.
winsock_objects := $(O)/winsock/block.o $(O)/winsock/case.o $(O)/winsock/host.o
programs := $(filter-out $(winsock_objects:.o=),$(programs))

$(filter $(O)/winsock/%,$(programs)): $(winsock_objects)
$(O)/winsock/%: LDLIBS = $(winsock_objects) $(lib) $(netlink) $(userlib_libs) -luring

$(O)/winsock/block.o $(O)/winsock/case.o: $(O)/%.o: %.c $(userlib) | $(harness)/kselftest_harness.h
	@mkdir -p $(@D)
	$(CC) $(userlib_flags) $(all_cflags) -c -o $@ $<

$(O)/winsock/host.o: winsock/host.c | $(harness)/kselftest_harness.h
	@mkdir -p $(@D)
	$(CC) $(all_cflags) -c -o $@ $<
