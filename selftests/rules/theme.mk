# run.sh builds what is here, with flags of its own.
programs := $(filter-out $(O)/rules/%,$(programs))
