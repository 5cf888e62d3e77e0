# run.sh compiles abi.c, which is no program.
programs := $(filter-out $(O)/abi/abi,$(programs))
