--[[ vigie-script
name    = "Twilight for flats"
summary = "When the Sun is right for flats, evening and morning, for some nights"
version = "1.0"
license = "MIT"
api     = 1
needs   = { "sky" }
param nights : int   = 7     "Nights"           min=1 max=60
param high   : angle = -4d   "Sun, brightest"   min=-18d max=0d
param low    : angle = -9d   "Sun, darkest"     min=-18d max=0d
]]
printf("%-12s %-42s %s", "evening of", "dusk", "dawn")
local start = sky.night().start
for i = 0, p.nights - 1 do
  local noon = start + duration(i * 86400)
  local a, b = sky.sun_set(noon, p.high), sky.sun_set(noon, p.low)
  local c, d = sky.sun_rise(noon, p.low), sky.sun_rise(noon, p.high)
  printf("%-12s %-20s  %-20s %-20s  %s", noon.iso:sub(1, 10), tostring(a), tostring(b), tostring(c), tostring(d))
end
