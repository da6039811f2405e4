-- Tells what the server can hold: the number of its databases, and whether hash fields can expire.

local databases = 0
while not redis.pcall('SELECT', databases).err do databases = databases + 1 end
redis.call('SELECT', 0)
local answer = redis.pcall('HPTTL', '', 'FIELDS', 1, '')
return { databases, answer.err and 0 or 1 }
