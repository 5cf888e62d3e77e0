#!/bin/bash
# run.sh: compiles the interface's numbers for 64 and 32 bits, in C and C++, and looks for padding
# that no field names. Prints TAP. Needs no machine: lane "host" of selftests/plan.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=${here%/selftests/abi}
clang=${CLANG:-clang-14}

n=0 failed=0
# compiles NAME CMD...
compiles() {
	local name=$1 said
	shift
	n=$((n + 1))
	if said=$("$@" -I"$top/uapi" -Wall -Wextra -Wpadded -pedantic -Werror -fsyntax-only \
		"$here/abi.c" 2>&1); then
		echo "ok $n $name"
	else
		head -40 <<<"# ${said//$'\n'/$'\n'# }"
		echo "not ok $n $name"
		failed=1
	fi
}

# Kernel headers of a 64-bit machine serve both: only linux/types.h and linux/ioctl.h are asked for.
headers=(-isystem "/usr/include/$(gcc -print-multiarch)")

echo 1..6
compiles layout__c_64 gcc -std=gnu11 -m64
compiles layout__c_32 gcc -std=gnu11 -m32 "${headers[@]}"
compiles layout__clang_64 "$clang" -std=gnu11 -m64
compiles layout__clang_32 "$clang" -std=gnu11 -m32 "${headers[@]}"
compiles layout__cxx_64 "$clang" -x c++ -std=gnu++17 -m64
compiles layout__cxx_32 "$clang" -x c++ -std=gnu++17 -m32 "${headers[@]}"
exit $failed
