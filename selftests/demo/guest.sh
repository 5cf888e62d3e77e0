#!/bin/sh
# Runs in the machine: servers, the client, the table of codes.
set -u
[ ! -e colour ] || export COLOUR=1

fail() { echo "demo: $*" >&2; exit 1; }

uname -sr | sed 's/^/kernel          /'
echo "module          wsa.ko, family $(cat /sys/module/wsa/parameters/family)"

mkdir -p /run/www /var/log/nginx /var/lib/nginx
echo 'Winsock says hello.' >/run/www/index.html
nginx -c /mnt/nginx.conf || fail "nginx did not start"
redis-server --port 6379 --daemonize yes --save '' --dir /run >/dev/null || fail "redis did not start"
dnsmasq --no-resolv --no-hosts --local=/example/ --address=/www.example/192.0.2.80 \
	--listen-address=127.0.0.1 --bind-interfaces || fail "dnsmasq did not start"

# the servers are up when they listen
for _ in $(seq 100); do
	[ "$(ss -Hlnt '( sport = :80 or sport = :6379 )' | wc -l)" -ge 3 ] &&
		[ "$(ss -Hlnu 'sport = :53' | wc -l)" -ge 1 ] && break
	sleep 0.05
done

echo
./demo_client "127.0.0.1 80" "::1 80" "127.0.0.1 6379" "127.0.0.1 53" www.example || fail "the client met a surprise"

# what the codes need: neighbours that never answer, a host that cannot be reached
ip link add wsa0 type dummy || fail "cannot make a dummy interface"
ip link set wsa0 up
ip addr add 192.0.2.1/24 dev wsa0
ip route add unreachable 198.51.100.0/24
echo 1 >/proc/sys/net/ipv4/tcp_syn_retries

echo
./codes || fail "a code was not the one expected"

rmmod wsa || fail "the module does not unload"
./codes --without-module || fail "a code was not the one expected"
