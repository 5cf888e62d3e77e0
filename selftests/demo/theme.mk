# Wants the library and nothing else, so that the demonstration needs no kernel source.
$(O)/demo/codes: demo/codes.c $(userlib)
	@mkdir -p $(@D)
	$(CC) $(userlib_flags) -std=gnu11 $(CFLAGS) -Wall -Wextra -Werror -pthread -o $@ $< $(userlib_libs)
