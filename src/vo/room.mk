vo_files = include/vigie/vo/ask.h src/vo/ask.c include/vigie/vo/simple.h src/vo/simple.c \
	include/vigie/vo/uat.h src/vo/uat.c include/vigie/vo/registry.h src/vo/registry.c src/vo/registry_adql.c \
	include/vigie/vo/resolve.h src/vo/resolve.c include/vigie/vo/job.h src/vo/job.c
