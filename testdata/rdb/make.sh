#!/usr/bin/env bash
# Makes the files of this folder anew: what a redis-server saves that holds everything.redis, once for each way in which its
# settings make it write that. Needs redis-server and redis-cli; the files in the repository are of version 7.0.15.
set -euo pipefail
cd "$(dirname "$0")"

folder=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server" 2> /dev/null || true; fi; rm -rf "$folder"' EXIT

cli() { redis-cli -s "$folder/sock" "$@"; }

# save NAME [SETTING VALUE]... < COMMANDS
save() {
	local name=$1
	shift
	redis-server --port 0 --unixsocket "$folder/sock" --dir "$folder" --dbfilename "$name.rdb" --save '' \
		--enable-debug-command yes --loglevel warning "$@" > "$folder/log" &
	server=$!
	for _ in $(seq 100); do
		if cli ping > /dev/null 2>&1; then break; fi
		sleep 0.05
	done
	sed '/^#/d' > "$folder/commands"
	if cli < "$folder/commands" | grep -E '^(\(error\) )?(ERR|WRONGTYPE|Invalid)'; then
		echo "$0: $name: a command failed" >&2
		return 1
	fi
	cli save > /dev/null
	cli shutdown nosave > /dev/null
	wait "$server"
	server=
	mv "$folder/$name.rdb" .
	echo "$name.rdb"
}

rm -f ./*.rdb

# Lists of listpacks, small hashes and sorted sets as listpacks, sets of numbers as intsets, long strings compressed.
save packed < everything.redis

# Nothing is packed that need not be, nor compressed.
save plain < everything.redis \
	--hash-max-listpack-entries 0 --zset-max-listpack-entries 0 --set-max-intset-entries 0 --rdbcompression no

# Lists and streams are cut into many parts, and those in the middle of a list are compressed.
save parts < everything.redis --list-max-listpack-size 3 --list-compress-depth 1 --stream-node-max-entries 2

# Long elements of lists are not packed.
save elements < <(echo 'DEBUG QUICKLIST-PACKED-THRESHOLD 40b' && cat everything.redis)

# The checksum is switched off.
save unsummed < everything.redis --rdbchecksum no

# Each key has a counter of its use, or the time since then.
save frequency < everything.redis --maxmemory-policy allkeys-lfu
save idle < everything.redis --maxmemory-policy allkeys-lru

# Libraries of functions, and no keys.
save functions <<'COMMANDS'
FUNCTION LOAD "#!lua name=greetings\nredis.register_function('hello', function() return 'hi' end)"
FUNCTION LOAD "#!lua name=farewells\nredis.register_function{function_name='bye', callback=function() return 'bye' end, flags={'no-writes'}}"
COMMANDS

save empty < /dev/null
