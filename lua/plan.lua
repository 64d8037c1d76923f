--[[ vigie-script
name    = "Plan of the night"
summary = "The night's transits as CSV and as a calendar"
version = "1.0"
license = "MIT"
api     = 1
needs   = { "transits", "files" }
param min_depth : number   = 5      "Least depth, mmag"  min=0 max=1000
param min_alt   : angle    = 20d    "Lowest altitude"    min=0d max=90d
param base      : filename = "plan" "Name of the files to write"
]]
local ask = { min_depth = p.min_depth, min_alt = p.min_alt }
for _, t in ipairs(transits.tonight(ask)) do
  printf("%-14s %s  %-13s %s", t.planet, t.mid.time, t.class, t.note)
end
files.write(p.base .. ".csv", transits.csv(ask), { overwrite = true })
files.write(p.base .. ".ics", transits.ics(ask), { overwrite = true })
