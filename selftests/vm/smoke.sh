#!/bin/sh
# smoke: the machine is what tests take it for.
n=0
case_is() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n $2"; else echo "not ok $n $2"; failed=1; fi
}

echo 1..3
failed=0

ip link show lo >/dev/null && tc qdisc show dev lo >/dev/null && ss -tln >/dev/null
case_is $? tools__answer

ethtool --version | grep -q version && grep -q ld-linux /proc/$$/maps
case_is $? dynamic_program__runs

family=$(cat /sys/module/wsa/parameters/family)
[ "${family:-0}" -gt 0 ]
case_is $? module__publishes_family

exit $failed
