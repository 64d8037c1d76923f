--[[ vigie-script
name    = "Depth"
summary = "Lists the transits of tonight that are at least so deep"
author  = "vigie"
api     = 1
needs   = { "transits" }
param depth  : number   = 5      "Least depth (mmag)"  min=0 max=100
param radius : angle    = "10'"  "Search radius"
param who    : choice   = us     "For whom"            of="us,them"
param key    : secret            "Key of the service"  optional
]]
print("depth " .. p.depth .. " for " .. p.who)
