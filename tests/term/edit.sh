#!/bin/bash
# :edit runs the user's editor on the client's terminal while the session goes on, and checks on return; a script from
# outside is shown, asked for, and asks for each capability once; a question of a script is answered at the prompt.
. "$(dirname "$0")/lib.sh"

# An editor that is seen on the terminal, waits, and writes what it is told to.
cat >"$T/bin/my-editor" <<END
#!/bin/sh
echo "editor on \$1"
echo "\$1" >$T/edited
printf 'press a key> '
read line
[ ! -f $T/new-text ] || cat $T/new-text >"\$1"
END
chmod +x "$T/bin/my-editor"
export EDITOR=my-editor
unset VISUAL

open_terminal 80x24 tmux-256color
type_line 'vigie --offline'
see 'UTC [0-9: -]+.*OHP'
keys 6
see '^ vigie>'
type_line 'spawn(function() for i = 1, 600 do ticks = i sleep(0.1) end end, {name = "ticker"}) print("begun")'
see '^begun'

# a new script: a template; the editor has the terminal, the session goes on
keys ':'
type_line 'edit depths'
see 'editor on .*/scripts/depths.lua'
see 'press a key>'
"$VIGIE" send 'before = ticks' || fail "the session does not answer while the editor runs"
"$VIGIE" send 'wait_for(function() return ticks > before + 3 end, {timeout = 20})' >/dev/null || fail "its tasks stand still"
cat >"$T/new-text" <<'END'
--[[ vigie-script
name    = "Depths"
summary = "For the test of the editor"
needs   = { "sky" }
param depth : number = 5 "Least depth"
]]
local function f() return skyy.altaz("M 31") end
print("depth", p.depth)
END
keys Enter
see 'names that nobody knows: skyy \(line 7\)'
ok
grep -q 'summary = "For the test' "$HOME/.config/vigie/scripts/depths.lua" || fail "what was written is gone"

# a header that is wrong, a text that does not compile
sed -i 's/^needs .*/neds = { "sky" }/' "$T/new-text"
keys ':'
type_line 'script edit depths'
see 'press a key>'
keys Enter
see 'depths.lua is not in order: .*line 4'
printf 'print("unfinished\n' >"$T/new-text"
keys ':'
type_line 'edit depths.lua'
see 'press a key>'
keys Enter
see 'not in order: .*unfinished string'
printf -- 'print("it runs")\n' >"$T/new-text"
keys ':'
type_line 'edit depths'
see 'press a key>'
keys Enter
see 'depths.lua is in order'
keys ':'
type_line 'run depths'
see '^\[depths.lua\] it runs|^it runs'

# C-c in the editor is the editor's: the client lives
cat >"$T/bin/my-editor" <<'END'
#!/bin/sh
trap 'echo interrupted; trap - INT; exit 3' INT
echo "press C-c>"
sleep 60
END
keys ':'
type_line 'edit depths'
see 'press C-c>'
keys C-c
see 'the editor ended with status 3'
see 'UTC [0-9: -]+.*OHP'

# a script from outside
cat >"$T/from_afar.lua" <<'END'
--[[ vigie-script
name    = "From afar"
summary = "Reads the sky and writes a file"
author  = "somebody"
needs   = { "sky", "files" }
]]
files.write("afar.txt", tostring(sky.lst()), { overwrite = true })
print("afar is written")
END
keys ':'
type_line "script import $T/from_afar.lua"
see 'Take .*from_afar.lua into the library'
keys y
see 'from_afar.lua is in the library'
see "sha256: $(sha256sum <"$T/from_afar.lua" | cut -c1-40)"
see 'needs: sky files'
see '^\+.*afar is written'
keys ':'
type_line 'run from_afar'
see 'from_afar.lua wants to use sky. Grant it'
see '^answer\?'
type_line yes
see 'from_afar.lua wants to use files. Grant it'
type_line no
see 'may not use files: the observer'
keys ':'
type_line 'console-clear'
gone 'from_afar'
keys ':'
type_line 'run from_afar'
see 'wants to use files. Grant it' # the sky was granted
ok
screen_has 'wants to use sky' && fail "a capability is asked for twice"
type_line y
see 'afar is written'
keys ':'
type_line 'console-clear'
gone 'from_afar'
keys ':'
type_line 'run from_afar'
see 'afar is written'
ok
screen_has 'wants to use' && fail "what was granted is asked for again"

# changed, a script from outside is still one from outside: it asks again; it is not loaded into the console
cat >"$T/bin/my-editor" <<'END'
#!/bin/sh
echo 'print("changed")' >>"$1"
END
keys ':'
type_line 'edit from_afar'
see 'from_afar.lua is from outside and stays so'
see 'from_afar.lua is in order'
ok
[ ! -e "$HOME/.config/vigie/scripts/from_afar.lua" ] || fail "an own copy was made of it"
keys ':'
type_line 'run from_afar'
see 'from_afar.lua wants to use sky. Grant it'
type_line no
see 'may not use sky'
keys ':'
type_line 'script load from_afar'
see 'is from outside: loaded into the console'
keys ':'
type_line 'script export from_afar ~/.config/vigie/scripts/from_afar.lua'
see 'from_afar is in '
keys ':'
type_line 'console-clear'
gone 'may not use sky'
keys ':'
type_line 'run from_afar'
see 'changed' # it is his own now
ok
screen_has 'wants to use' && fail "a script of his own asks"

# a question of a script
type_line 'n = ui.ask("How many flats?")'
see 'How many flats\?'
see '^answer\?'
type_line 12
see '^ vigie>'
type_line 'n * 2'
see '^24'

# how long a line took; a value whole; what was before
keys ':'
type_line 'time for i = 1, 1000 do end'
see '^-- [0-9]+\.[0-9]+ s'
type_line '{a = {b = {c = {d = {1}}}}}'
see 'c = \{\.\.\.\}'
keys ':'
type_line 'pp'
see '^\{a = \{b = \{c = \{d = \{1\}\}\}\}\}'

# lines of the session as a script
keys ':'
type_line 'save of_tonight'
see 'of_tonight.lua'
ok
grep -q 'n = ui.ask' "$HOME/.config/vigie/scripts/of_tonight.lua" || fail "the lines were not saved"
keys ':'
type_line detach
as_found
end_session
