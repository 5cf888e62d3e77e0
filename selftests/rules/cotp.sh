#!/bin/bash
# cotp.sh: fuzzes the connect-data codec for FUZZ_SECONDS, 60 unless told. Prints TAP. Needs no
# machine: lane "host" of selftests/plan. CLANG names the compiler of the fuzzer.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=${here%/selftests/rules}
out=$top/build/fuzz_cotp
clang=${CLANG:-clang-14}
seconds=${FUZZ_SECONDS:-60}
name=fuzz__any_octets_and_any_tpdu__r292_r293

# seed NAME OCTET...: one input of the first corpus; its first octet chooses what is agreed on.
seed() {
	local file=corpus/$1
	shift
	printf '%b' "${@/#/\\x}" >"$file"
}

# The worked frames, alone and one after the other.
seeds() {
	local cr=(03 00 00 1b 11 e0 00 00 12 34 21 c0 01 0d c1 02 01 00 c2 02 01 02 68 65 6c 6c 6f)
	local cc=(03 00 00 10 09 d0 12 34 ab cd 21 c0 01 0d 6f 6b)
	local dr=(03 00 00 0e 06 80 12 34 00 00 88 6e 6f 21)
	local dt=(03 00 00 0c 04 f0 ab cd 80 61 62 63)
	local dc=(03 00 00 0a 05 c0 12 34 ab cd)
	local er=(03 00 00 09 04 70 12 34 02)
	seed cr d1 "${cr[@]}"
	seed cc d1 "${cc[@]}"
	seed dr d1 "${dr[@]}"
	seed dt d1 "${dt[@]}" "${dt[@]}"
	seed dc d1 "${dc[@]}"
	seed er d1 "${er[@]}"
	seed all d1 "${cr[@]}" "${cc[@]}" "${dt[@]}" "${dr[@]}" "${dc[@]}" "${er[@]}"
}

command -v "$clang" >/dev/null || { echo "rules: $clang is missing: run selftests/lib/deps check" >&2; exit 1; }
rm -rf "$out"
mkdir -p "$out/corpus"
cd "$out"
echo "1..1"
if ! "$clang" -std=gnu11 -g -O1 -Wall -Wextra -Wno-missing-field-initializers -Wno-sign-compare -Werror \
	-I"$top/uapi" -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -o fuzz \
	"$here/fuzz_cotp.c" "$top"/module/rules/{cotp,cotp_rules,error}.c >build.log 2>&1; then
	sed 's/^/# /' build.log
	echo "not ok 1 $name"
	exit 1
fi
seeds
if ./fuzz -max_total_time="$seconds" -max_len=512 -timeout=20 -print_final_stats=1 -artifact_prefix=./ \
	corpus >fuzz.log 2>&1; then
	grep -E '^(Done|stat::number_of_executed_units)' fuzz.log | sed 's/^/# /'
	echo "ok 1 $name"
else
	tail -40 fuzz.log | sed 's/^/# /'
	echo "not ok 1 $name"
	exit 1
fi
