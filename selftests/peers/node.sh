#!/bin/bash
# node.sh: ISO sockets of class 0 and the package iso-on-tcp, in a machine of their own. Prints TAP.
# "make interop": whether packages of JavaScript can be had is not for "make check" to depend on.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=${here%/selftests/peers}
hash=b72e3fd00fb8a96df94283c4ef819f52232d201b5337864434da9f0f4fb91902
hash+=283a78cbbe6cc20b5a42456c25868a5d4866469b36bd6c1c5d3ae566ce5a4dee

"$top/selftests/lib/deps" interop
package=$("$top/selftests/vm/npm" iso-on-tcp 0.1.0 "$hash")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/peers/iso-on-tcp" "$tmp/nodejs"
cp "$top/build/selftests/peers/node" "$here/peer.js" "$tmp/peers/"
cp -R "$package/package.json" "$package/src" "$tmp/peers/iso-on-tcp/"
cp -L "$(command -v node)" "$tmp/node"
# Debian's reads parts of itself from here.
for part in acorn acorn-walk cjs-module-lexer undici; do
	[ ! -d "/usr/share/nodejs/$part" ] || cp -RL "/usr/share/nodejs/$part" "$tmp/nodejs/"
done
"$top/selftests/vm/run" --kernel stock-6.12 --icount --mem 1024 --bind "$tmp" -- \
	sh -c 'mkdir -p /usr/share && ln -s /mnt/nodejs /usr/share/nodejs && exec ./peers/node'
