-- Reads the keyspace in one go. Returns the databases: each its number, and its keys as name, type, TTL and contents.
-- ARGV are three lists, each preceded by its length: the numbers of the databases to be read, the patterns one of which
-- a key must match, and the patterns that it must not. An empty list stands for no condition. Patterns only save work:
-- the caller filters again.

-- A server may keep the selected database of redis.call and that of redis.pcall apart, so there is only the latter.
local function call(...)
	local answer = redis.pcall(...)
	if type(answer) == 'table' and answer.err then error((string.gsub(answer.err, '^ERR ', '')), 0) end
	return answer
end

local at = 1

local function argument_list()
	local list, n = {}, tonumber(ARGV[at])
	for i = 1, n do list[i] = ARGV[at + i] end
	at = at + n + 1
	return list
end

local wanted, match, except = argument_list(), argument_list(), argument_list()

-- Real servers have a last database. Where there is none, as many are read as Redis has by default.
local endless = not redis.pcall('SELECT', 2147483647).err
local usual = 16

local function unknown_command(answer)
	return string.find(string.lower(answer.err), 'unknown', 1, true)
end

local function field_ttls(key, pairs)
	local ttls, from = {}, 1
	while from <= #pairs do -- unpack has a limit
		local names, to = {}, math.min(from + 1999, #pairs)
		for i = from, to, 2 do names[#names + 1] = pairs[i] end
		local answer = redis.pcall('HPTTL', key, 'FIELDS', #names, unpack(names))
		if answer.err and unknown_command(answer) then return {} end -- a server without them
		if answer.err then error((string.gsub(answer.err, '^ERR ', '')), 0) end
		for _, ttl in ipairs(answer) do ttls[#ttls + 1] = ttl end
		from = to + 1
	end
	return ttls
end

local function as_record(pairs)
	local record = {}
	for i = 1, #pairs, 2 do record[pairs[i]] = pairs[i + 1] end
	return record
end

local function milliseconds()
	local time = call('TIME')
	return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- What is pending, with times of delivery. A clock that ticks in between would make them wrong.
local function pending(key, group)
	while true do
		local before = milliseconds()
		local rows = call('XPENDING', key, group, '-', '+', 2147483647)
		if milliseconds() == before then
			for _, row in ipairs(rows) do row[3] = before - row[3] end
			return rows
		end
	end
end

-- The same as XINFO STREAM FULL, of a server that has only its parts.
local function stream_by_parts(key, info)
	local groups = {}
	for _, pairs in ipairs(call('XINFO', 'GROUPS', key)) do
		local group = as_record(pairs)
		groups[#groups + 1] = {
			'name', group.name, 'last-delivered-id', group['last-delivered-id'],
			'consumers', call('XINFO', 'CONSUMERS', key, group.name), 'pending', pending(key, group.name),
		}
	end
	return {
		'last-generated-id', as_record(info)['last-generated-id'],
		'entries', call('XRANGE', key, '-', '+'), 'groups', groups,
	}
end

local read = {
	string = function(key) return call('GET', key) end,
	list = function(key) return call('LRANGE', key, 0, -1) end,
	set = function(key) return call('SMEMBERS', key) end,
	zset = function(key) return call('ZRANGE', key, 0, -1, 'WITHSCORES') end,
	hash = function(key)
		local pairs = call('HGETALL', key)
		return { pairs, field_ttls(key, pairs) }
	end,
	stream = function(key)
		local info = call('XINFO', 'STREAM', key, 'FULL', 'COUNT', 0)
		if as_record(info).entries then return info end
		return stream_by_parts(key, info)
	end,
}

-- The names of the keys that any of the patterns matches, each once, and the same as a set.
local function matching(patterns)
	local names, seen = {}, {}
	for _, pattern in ipairs(patterns) do
		for _, name in ipairs(call('KEYS', pattern)) do
			if not seen[name] then
				seen[name], names[#names + 1] = true, name
			end
		end
	end
	return names, seen
end

local function chosen()
	if endless then return (matching({ '*' })), {} end -- its patterns are not quite those of Redis
	local _, hidden = matching(except)
	return (matching(#match > 0 and match or { '*' })), hidden
end

local function database(index)
	local keys = {}
	local names, hidden = chosen()
	for _, key in ipairs(names) do
		local kind = call('TYPE', key).ok
		if kind ~= 'none' and not hidden[key] then
			local contents = read[kind] and read[kind](key) or ''
			keys[#keys + 1] = { key, kind, call('PTTL', key), contents }
		end
	end
	return { index, keys }
end

local databases = {}
if #wanted > 0 then
	for _, index in ipairs(wanted) do
		local there = not (endless and tonumber(index) >= usual)
		if there and not redis.pcall('SELECT', index).err then -- a database that there is not has no keys
			databases[#databases + 1] = database(tonumber(index))
		end
	end
	return databases
end
call('SELECT', 0) -- which cannot fail but for lack of permission
local index = 0
repeat
	databases[#databases + 1] = database(index)
	index = index + 1
until endless and index == usual or redis.pcall('SELECT', index).err
return databases
