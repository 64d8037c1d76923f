--[[ vigie-script
name    = "Watch for alerts"
summary = "Raises an alarm for each new alert that a rule lets through"
version = "1.0"
license = "MIT"
api     = 1
needs   = { "alerts", "session" }
param rule  : string = "type=grb & tonight" "Rule, as in the alerts list"
param level : choice = warning              "Level of the alarm"  of="notice,warning,alarm"
]]
alerts.on("new", function(e)
  alarms.raise{ level = p.level, subject = e.name,
                text = e.name .. (e.coord and "  " .. tostring(e.coord) or "  without a position") }
end, { filter = p.rule })
wait_for_cancel()
