-- Tells what the server can hold and do: the number of its databases, whether hash fields can expire, whether streams
-- count, and whether there is no last database, by which an embedded server is known.

-- A server may keep the selected database of redis.call and that of redis.pcall apart, so there is only the latter.
local function call(...)
	local answer = redis.pcall(...)
	if type(answer) == 'table' and answer.err then error((string.gsub(answer.err, '^ERR ', '')), 0) end
	return answer
end

local endless = not redis.pcall('SELECT', 2147483647).err
local databases = endless and 16 or 1
while not endless and not redis.pcall('SELECT', databases).err do databases = databases + 1 end

call('SELECT', 0)
local answer = redis.pcall('HPTTL', '', 'FIELDS', 1, '')
local no_field_ttls = answer.err and string.find(string.lower(answer.err), 'unknown', 1, true) -- else of another type

return { databases, no_field_ttls and 0 or 1, redis.REDIS_VERSION_NUM and 1 or 0, endless and 1 or 0 }
