--[[ vigie-script
name    = "GRB resources near a position"
summary = "Services on a subject that have rows at a place: CSV and VOTable"
version = "1.0"
license = "MIT"
api     = 1
needs   = { "vo", "files", "samp" }
param uat     : string   = "gamma-ray-bursts"      "Concept of the UAT"
param pos     : coord    = "14 03 38.6 +54 18 42"  "Centre (ICRS)"
param radius  : angle    = "1d"                    "Radius"  min=1arcsec max=10d
param want    : string   = ""                      "Part of the title of the service to use (empty: the first with rows)"
param base    : filename = "grb"                   "Name of the files to write"
param topcat  : boolean  = false                   "Send to TOPCAT (needs SAMP)"
]]
local found = vo.registry.search{ uat = p.uat, servicetype = "conesearch" }
printf("%d resources", #found)

-- The first that answers with rows; one that fails is told and passed over.
local rows
for r in found:rows() do
  if p.want == "" or r.res_title:lower():find(p.want:lower(), 1, true) then
    local svc = r:get_service("conesearch")
    local t, err = try(svc.search, svc, { pos = p.pos, radius = p.radius })
    printf("%-16s %s", r.short_name, t and #t .. " rows" or err.message)
    if t and #t > 0 then rows = t; break end
  end
end
if not rows then fail("no service had a row within %s of %s", p.radius, p.pos) end

show(rows)
rows:save(p.base .. ".csv", { overwrite = true })
rows:save(p.base .. ".vot", { overwrite = true })
printf("written: %s.csv %s.vot", p.base, p.base)
if p.topcat then samp.send(rows, { to = "topcat", name = p.base }) end
return rows
