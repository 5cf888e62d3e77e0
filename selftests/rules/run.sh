#!/bin/bash
# run.sh: builds the rules for user space, runs their cases under sanitizers, fuzzes them,
# compares the arithmetic of flows with fractions, and asks gcov that no line was left out by the
# cases. Prints TAP. Needs no machine: lane "host" of selftests/plan.
# CLANG names the compiler of the fuzzers, QOS_SEED and QOS_COUNT the flowspecs to be compared.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=${here%/selftests/rules}
out=$top/build/rules
rules=(error connect_rules sockaddr netevent cotp cotp_rules wide tspec flowspec qos_object plan admission
	packet)
clang=${CLANG:-clang-14}
sanitize=(-fsanitize=address -fsanitize=undefined -fno-sanitize-recover=all)
flags=(-std=gnu11 -g -Wall -Wextra -Wno-missing-field-initializers -Wno-sign-compare -Werror
	-I"$top/uapi")

n=0 failed=0
# tap VERDICT NAME
tap() {
	n=$((n + 1))
	[ "$1" = ok ] || failed=1
	echo "$1 $n $2"
}

# said FILE: what a tool said, as comments.
said() { sed 's/^/# /' "$1"; }

# build: one object per rule, so that gcov speaks of each.
build() {
	local rule objects=() sources=()
	for rule in "${rules[@]}"; do
		gcc "${flags[@]}" --coverage "${sanitize[@]}" -c -o "$rule.o" \
			"$top/module/rules/$rule.c" || return
		objects+=("$rule.o")
		sources+=("$top/module/rules/$rule.c")
	done
	gcc "${flags[@]}" "${sanitize[@]}" -c -o rules_test.o "$here/rules_test.c" || return
	gcc --coverage "${sanitize[@]}" -o rules_test rules_test.o "${objects[@]}" || return
	gcc "${flags[@]}" -O1 "${sanitize[@]}" -o qos_host "$here/qos_host.c" "${sources[@]}" || return
	for rule in fuzz fuzz_qos; do
		"$clang" "${flags[@]}" -O1 "${sanitize[@]}" -fsanitize=fuzzer -o "$rule" \
			"$here/$rule.c" "${sources[@]}" || return
	done
}

# report FILE: cases of a program as cases of this one.
report() {
	local line
	while read -r line; do
		case $line in
		"ok "*)		tap ok "${line##* }" ;;
		"not ok "*)	tap "not ok" "${line##* }" ;;
		1..*)		;;
		*)		echo "$line" ;;
		esac
	done <"$1"
}

# cases: a case that never reported is one the program died in.
cases() {
	local status=0
	./rules_test >cases.log 2>cases.err || status=$?
	report cases.log
	if [ "$status" -gt 1 ] || [ -s cases.err ]; then
		said cases.err
		tap "not ok" "the_program_ended_with_status_$status"
	fi
}

# oracle: what it could not compare it says on stderr, and ends with a status above 1.
oracle() {
	local status=0
	python3 "$here/qos_oracle.py" ./qos_host "${QOS_COUNT:-100000}" "${QOS_SEED:-1}" \
		>oracle.log 2>oracle.err || status=$?
	report oracle.log
	if [ "$status" -gt 1 ] || [ -s oracle.err ]; then
		said oracle.err
		tap "not ok" "the_oracle_ended_with_status_$status"
	fi
}

# fuzz PROGRAM LENGTH CASE: bounded by runs, so that nothing depends on the clock.
fuzz() {
	rm -rf "corpus.$1"
	mkdir "corpus.$1"
	if "./$1" -runs=200000 -seed=1 -max_len="$2" -artifact_prefix="./$1." "corpus.$1" \
		>"$1.log" 2>&1; then
		tap ok "$3"
	else
		tail -40 "$1.log" | sed 's/^/# /'
		tap "not ok" "$3"
	fi
}

# coverage RULE
coverage() {
	local missed lines
	gcov -t "$1.gcda" >"$1.gcov" 2>/dev/null || :
	missed=$(grep -c '#####:' "$1.gcov" || :)
	lines=$(grep -cE '^ +[0-9]+\*?:' "$1.gcov" || :)
	echo "# $1.c: $lines of $((lines + missed)) lines"
	if [ "$missed" = 0 ] && [ "$lines" != 0 ]; then
		tap ok "coverage__every_line_of_$1"
	else
		grep '#####:' "$1.gcov" | sed 's/^/# /' || :
		tap "not ok" "coverage__every_line_of_$1"
	fi
}

command -v "$clang" >/dev/null || { echo "rules: $clang is missing: run selftests/lib/deps check" >&2; exit 1; }
rm -rf "$out"
mkdir -p "$out"
cd "$out"
if ! build >build.log 2>&1; then
	said build.log
	echo "1..1"
	echo "not ok 1 build"
	exit 1
fi
cases
oracle
fuzz fuzz 160 fuzz__any_name_state_and_fault__r20_r26
fuzz fuzz_qos 160 fuzz__any_flowspec_link_and_objects__r35_r36
for rule in "${rules[@]}"; do coverage "$rule"; done
echo "1..$n"
exit $failed
