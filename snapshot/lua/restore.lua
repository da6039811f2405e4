-- Runs commands in one go, all of them or, where one fails, none. ARGV are the mode, the numbers of the first and the last
-- database that are concerned, that of the first spare database, or 0 where there are none, and the commands, each
-- preceded by its number of words. Returns the number of keys that are in the way, and then nothing was done.

-- A server may keep the selected database of redis.call and that of redis.pcall apart, so there is only the latter.
local function call(...)
	local answer = redis.pcall(...)
	if type(answer) == 'table' and answer.err then error((string.gsub(answer.err, '^ERR ', '')), 0) end
	return answer
end

local mode, first, last, spare, at = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), 5
local db = 0 -- the one that is selected
local kept = {} -- what was there: database, key, payload and TTL
local written = {} -- database and key of what is merged

local function select(index)
	call('SELECT', index)
	db = index
end

local function each_database(visit)
	for index = first, last do
		select(index)
		visit()
	end
end

-- Puts a key aside.
local function keep(key)
	if spare > 0 then
		call('MOVE', key, spare + db)
		kept[#kept + 1] = { db, key }
		return
	end
	local payload = call('DUMP', key)
	if payload then kept[#kept + 1] = { db, key, payload, call('PTTL', key) } end
end

local function bring_back(row)
	local index, key, payload, ttl = unpack(row)
	if spare > 0 then
		select(spare + index)
		call('MOVE', key, index)
		return
	end
	select(index)
	if ttl < 0 then ttl = 0 elseif ttl == 0 then ttl = 1 end
	call('RESTORE', key, ttl, payload)
end

local function undo()
	if mode == 'merge' then
		for _, row in ipairs(written) do
			select(row[1])
			call('DEL', row[2])
		end
	else
		each_database(function() call('FLUSHDB') end)
	end
	for _, row in ipairs(kept) do bring_back(row) end
end

local function run(from, to)
	local command, key = ARGV[from], ARGV[from + 1]
	if command == 'SELECT' then db = tonumber(key) end
	if mode == 'merge' and command == 'DEL' then
		keep(key)
		written[#written + 1] = { db, key }
	end
	local answer = redis.pcall(unpack(ARGV, from, to))
	return type(answer) == 'table' and answer.err
end

if mode == 'empty' then
	local keys = 0
	each_database(function() keys = keys + call('DBSIZE') end)
	if keys > 0 then return keys end
elseif mode == 'replace' then
	each_database(function()
		for _, key in ipairs(call('KEYS', '*')) do keep(key) end
	end)
	if spare == 0 then each_database(function() call('FLUSHDB') end) end
end

select(first)
while at <= #ARGV do
	local n = tonumber(ARGV[at])
	local failure = run(at + 1, at + n)
	if failure then
		undo()
		return redis.error_reply(failure)
	end
	at = at + n + 1
end
if spare > 0 then
	for index = first, last do
		select(spare + index)
		call('FLUSHDB')
	end
end
return 0
