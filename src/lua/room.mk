lua_files = \
	include/vigie/lua/lua.h src/lua/host.h src/lua/host.c src/lua/task.c src/lua/start.c \
	src/lua/coro.c src/lua/pattern.c src/lua/problem.c src/lua/safe.c \
	src/lua/prelude.h src/lua/prelude.c \
	src/lua/api.h src/lua/api.c src/lua/api_table.c src/lua/types.c src/lua/values.c src/lua/header.h src/lua/header.c \
	src/lua/reference.c src/lua/api_base.c src/lua/api_sky.c \
	include/vigie/session/script.h src/lua/param.h src/lua/param.c src/lua/run.c \
	src/lua/pretty.h src/lua/pretty.c src/lua/complete.h src/lua/complete.c src/lua/console.c
