--[[ vigie-script
name    = "Times of a photometry file"
summary = "Adds BJD(TDB) to a light curve with times in UTC, or UTC to one in BJD(TDB)"
version = "1.0"
license = "MIT"
api     = 1
needs   = { "files", "session" }
param file   : filename                      "Light curve, CSV"
param target : coord                         "Where the star is"
param column : string   = JD_UTC             "Column of the times"
param scale  : choice   = jd_utc             "What the times are" of="jd_utc,mjd_utc,bjd_tdb"
param out    : filename = "light_curve.csv"  "File to write"
param middle : duration = 0s                 "From the time in the file to the middle of the exposure"
]]
local rows, names = files.csv_read(p.file)
if #rows == 0 then fail("%s holds no rows", p.file) end
if rows[1][p.column] == nil then fail("%s has no column %s; it has %s", p.file, p.column, table.concat(names, ", ")) end

-- The instant at which the light that would reach the Sun's barycentre at a BJD is seen here: nearly the same
-- number taken as UTC, made right by what it is wrong by.
local function from_bjd(bjd)
  local jd = bjd
  for _ = 1, 4 do jd = jd - (time(jd):bjd(p.target) - bjd) end
  return jd
end

local new = p.scale == "bjd_tdb" and "JD_UTC" or "BJD_TDB"
for i, r in ipairs(rows) do
  local x = r[p.column]
  if type(x) ~= "number" then fail("%s, row %d: %s is no number", p.file, i, tostring(x)) end
  if p.scale == "bjd_tdb" then
    r[new] = string.format("%.8f", from_bjd(x) + p.middle.d)
  else
    local jd = p.scale == "mjd_utc" and x + 2400000.5 or x
    r[new] = string.format("%.8f", time(jd + p.middle.d):bjd(p.target))
  end
  if i % 1000 == 0 then progress(i / #rows, "%d of %d", i, #rows) end
end
local there = false
for _, name in ipairs(names) do there = there or name == new end
if not there then table.insert(names, 1, new) end
files.csv_write(p.out, rows, { columns = names, overwrite = true })
printf("%s: %d rows, %s from %s to %s", p.out, #rows, new, rows[1][new], rows[#rows][new])
