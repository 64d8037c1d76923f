--[[ vigie-script
name    = "Report of the night"
summary = "The night in one page of Markdown: Sun and Moon, transits, alerts, the observer's notes"
version = "1.0"
license = "MIT"
api     = 1
needs   = { "sky", "transits", "alerts", "session", "files" }
param file  : filename = "report" "Name of the file, without its ending"
param mag   : number   = 18       "Alerts brighter than" min=0 max=30
]]
local night, sun = session.night, sky.night()
local out = {}
local function line(fmt, ...) out[#out + 1] = string.format(fmt, ...) end
local function at(t) return t and t.iso:sub(12, 16) or "-" end

line("# Night of %s", night.evening)
line("")
local site = session.site
if site then line("%s, %s %s, %.0f m. All times in UTC.", site.name, site.lat, site.lon, site.height) end
line("")
line("| Sun sets | dark from | dark until | Sun rises | Moon | Moon rises | Moon sets |")
line("|---|---|---|---|---|---|---|")
line("| %s | %s | %s | %s | %.0f %% | %s | %s |", at(sun.sunset), at(sun.dusk), at(sun.dawn), at(sun.sunrise),
     100 * sun.moon_illumination, at(sun.moonrise), at(sun.moonset))

line("")
line("## Transits")
line("")
local rows = {}
for _, t in ipairs(transits.tonight{}) do
  if t.class ~= "none" then rows[#rows + 1] = t end
end
if #rows == 0 then line("None that could be observed.") else
  line("| planet | ingress | mid | egress | depth, mmag | altitude at mid | class |")
  line("|---|---|---|---|---|---|---|")
  for _, t in ipairs(rows) do
    line("| %s | %s | %s | %s | %.1f | %.0f | %s |", t.planet, at(t.ingress.time), at(t.mid.time), at(t.egress.time),
         t.depth, t.mid.alt.deg, t.class)
  end
end

line("")
line("## Alerts")
line("")
local n = 0
for _, e in ipairs(alerts.latest{ since = night.start, brighter = p.mag }) do
  n = n + 1
  line("* %s %s %s%s", at(e.time), e.name, e.coord and tostring(e.coord) or "without a position",
       e.mag and string.format(", %.1f mag", e.mag) or "")
end
if n == 0 then line("None.") end

line("")
line("## Notes")
line("")
n = 0
for _, l in ipairs(log.lines{}) do
  if l.room == "user" and l.subject == "note" or l.level == "trouble" then
    n = n + 1
    line("* %s %s", at(l.time), l.text)
  end
end
if n == 0 then line("None.") end

files.write(p.file .. ".md", table.concat(out, "\n") .. "\n", { overwrite = true })
printf("%s.md: %d transits, %d lines", p.file, #rows, #out)
