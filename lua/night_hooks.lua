--[[ vigie-script
name    = "Hooks of the night"
summary = "An example of hooks: dusk and dawn, each ingress, new alerts, alarms; until it is cancelled"
version = "1.0"
license = "MIT"
api     = 1
needs   = { "session", "transits", "alerts", "ui" }
param before    : duration = 10min "Warn so long before an ingress" min=0s max=12h
param min_depth : number   = 5     "Only transits deeper than, mmag" min=0 max=1000
param bell      : boolean  = true  "Ring the terminal's bell"
]]
local function tell(...)
  local text = string.format(...)
  log.info("%s", text)
  print(text)
  if p.bell then ui.beep() end
end

session.on("dusk", function(t) tell("It is dark since %s", t) end)
session.on("dawn", function(t) tell("The night is over since %s", t) end)
transits.on("ingress", function(row)
  tell("%s: ingress at %s, %.1f mmag, altitude %.0f deg", row.planet, row.ingress.time.iso:sub(12, 16), row.depth,
       row.ingress.alt.deg)
end, { before = p.before, min_depth = p.min_depth })
alerts.on("new", function(e) tell("New alert: %s", e.name) end)
alarms.on{ level = "warning", run = function(a) tell("Alarm: %s", a.text) end }
on_exit(function(why) print("the hooks end: " .. why) end)

print("waiting; x in the list of tasks ends it")
wait_for_cancel()
