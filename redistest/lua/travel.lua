-- Takes so many milliseconds, ARGV[3], off every time to live in the databases ARGV[1] to ARGV[2], or adds them where that
-- is negative. Returns what goes by a time that cannot be moved, and then nothing was done; an empty list otherwise.

local first, last, span = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local resisting = {}

local function each_key(visit)
	for db = first, last do
		if redis.pcall('SELECT', db).err then return end
		for _, key in ipairs(redis.call('KEYS', '*')) do visit(key, redis.call('TYPE', key).ok, db) end
	end
end

-- Tells whether some entry waits to be acknowledged: the second number of XINFO GROUPS' rows.
local function has_pending(key)
	for _, group in ipairs(redis.call('XINFO', 'GROUPS', key)) do
		for i = 1, #group, 2 do
			if group[i] == 'pending' and group[i + 1] > 0 then return true end
		end
	end
	return false
end

each_key(function(key, kind, db)
	if kind == 'stream' and has_pending(key) then
		resisting[#resisting + 1] = 'the idle times of entries pending in stream ' .. key .. ' of database ' .. db
	end
end)
if ARGV[4] == 'whole' then
	local blocked = string.match(redis.call('INFO', 'clients'), 'blocked_clients:(%d+)')
	if tonumber(blocked) > 0 then resisting[#resisting + 1] = 'the timeouts of ' .. blocked .. ' blocked clients' end
end
if #resisting > 0 then return resisting end

local function move_fields(key)
	local names = redis.call('HKEYS', key)
	for _, name in ipairs(names) do
		local answer = redis.pcall('HPTTL', key, 'FIELDS', 1, name)
		if answer.err then return end -- a server without them
		if answer[1] >= 0 then redis.call('HPEXPIRE', key, answer[1] - span, 'FIELDS', 1, name) end
	end
end

each_key(function(key, kind)
	if kind == 'hash' then move_fields(key) end
	local left = redis.call('PTTL', key)
	if left >= 0 then
		if left - span <= 0 then redis.call('DEL', key) else redis.call('PEXPIRE', key, left - span) end
	end
end)
return resisting
