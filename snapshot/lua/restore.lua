-- Runs commands in one go. ARGV are the mode and the commands, each preceded by its number of words. Returns the number of
-- keys that are in the way, and then nothing was done.

local mode, at = ARGV[1], 2

if mode == 'empty' then
	local keys, index = 0, 0
	while not redis.pcall('SELECT', index).err do
		keys = keys + redis.call('DBSIZE')
		index = index + 1
	end
	if keys > 0 then return keys end
	redis.call('SELECT', 0)
elseif mode == 'replace' then
	redis.call('FLUSHALL')
end

while at <= #ARGV do
	local n = tonumber(ARGV[at])
	redis.call(unpack(ARGV, at + 1, at + n))
	at = at + n + 1
end
return 0
