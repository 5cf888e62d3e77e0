# Three objects serve every program here; host.c alone sees Linux's socket headers.
winsock_objects := $(O)/winsock/block.o $(O)/winsock/case.o $(O)/winsock/host.o
programs := $(filter-out $(winsock_objects:.o=) $(O)/winsock/loop $(O)/winsock/hostqos,$(programs))

$(filter $(O)/winsock/%,$(programs)): $(winsock_objects)
$(O)/winsock/%: LDLIBS = $(more_objects) $(winsock_objects) $(lib) $(netlink) $(userlib_libs) -luring

$(O)/winsock/echo: $(O)/winsock/loop.o
$(O)/winsock/echo: more_objects = $(O)/winsock/loop.o

# Classes are read by what libnl knows of each kind; a static library leaves that out.
$(O)/winsock/flow: $(O)/winsock/hostqos.o
$(O)/winsock/flow: more_objects = $(O)/winsock/hostqos.o
$(O)/winsock/flow: netlink := -lnl-route-3 -lnl-3

$(O)/winsock/block.o $(O)/winsock/case.o $(O)/winsock/loop.o: $(O)/%.o: %.c $(userlib) | $(harness)/kselftest_harness.h
	@mkdir -p $(@D)
	$(CC) $(userlib_flags) $(all_cflags) -c -o $@ $<

$(O)/winsock/host.o $(O)/winsock/hostqos.o: $(O)/%.o: %.c | $(harness)/kselftest_harness.h
	@mkdir -p $(@D)
	$(CC) $(all_cflags) -c -o $@ $<
