-- Reads the keyspace in one go. Returns the databases: each its number, and its keys as name, type, TTL and contents.
-- ARGV are the numbers of the databases to be read; none stands for all.

local function field_ttls(key, pairs)
	local ttls, from = {}, 1
	while from <= #pairs do -- unpack has a limit
		local names, to = {}, math.min(from + 1998, #pairs)
		for i = from, to, 2 do names[#names + 1] = pairs[i] end
		local answer = redis.pcall('HPTTL', key, 'FIELDS', #names, unpack(names))
		if answer.err then return {} end -- a server without them
		for _, ttl in ipairs(answer) do ttls[#ttls + 1] = ttl end
		from = to + 1
	end
	return ttls
end

local read = {
	string = function(key) return redis.call('GET', key) end,
	list = function(key) return redis.call('LRANGE', key, 0, -1) end,
	set = function(key) return redis.call('SMEMBERS', key) end,
	zset = function(key) return redis.call('ZRANGE', key, 0, -1, 'WITHSCORES') end,
	hash = function(key)
		local pairs = redis.call('HGETALL', key)
		return { pairs, field_ttls(key, pairs) }
	end,
	stream = function(key) return redis.call('XINFO', 'STREAM', key, 'FULL', 'COUNT', 0) end,
}

local function database(index)
	local keys = {}
	for _, key in ipairs(redis.call('KEYS', '*')) do
		local kind = redis.call('TYPE', key).ok
		if kind ~= 'none' then
			local contents = read[kind] and read[kind](key) or ''
			keys[#keys + 1] = { key, kind, redis.call('PTTL', key), contents }
		end
	end
	return { index, keys }
end

local databases = {}
if #ARGV > 0 then
	for _, index in ipairs(ARGV) do
		redis.call('SELECT', index)
		databases[#databases + 1] = database(tonumber(index))
	end
	return databases
end
local index = 0
while not redis.pcall('SELECT', index).err do
	databases[#databases + 1] = database(index)
	index = index + 1
end
return databases
