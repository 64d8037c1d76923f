vo_files = include/vigie/vo/ask.h src/vo/ask.c include/vigie/vo/simple.h src/vo/simple.c \
	include/vigie/vo/uat.h src/vo/uat.c include/vigie/vo/registry.h src/vo/registry.c src/vo/registry_adql.c \
	include/vigie/vo/resolve.h src/vo/resolve.c include/vigie/vo/gaia.h src/vo/gaia.c include/vigie/vo/job.h src/vo/job.c
vo_files += include/vigie/vo/proto.h src/vo/proto_own.h src/vo/table.c src/vo/proto_scs.c src/vo/proto_sia1.c src/vo/proto_sia2.c \
	src/vo/proto_ssa.c src/vo/proto_tap.c src/vo/proto_obscore.c src/vo/proto_obsloc.c src/vo/proto_objvis.c src/vo/proto_datalink.c \
	src/vo/proto_vosi.c
vo_files += include/vigie/vo/access.h src/vo/access.c include/vigie/vo/many.h src/vo/many.c include/vigie/vo/search.h src/vo/search.c \
	include/vigie/vo/range.h src/vo/range.c
vo_files += include/vigie/vo/adql.h src/vo/adql.c
vo_files += include/vigie/vo/vosi.h src/vo/vosi.c include/vigie/vo/datalink.h src/vo/datalink.c
vo_files += src/vo/uat_core.h src/vo/uat_core.c include/vigie/vo/vocabulary.h src/vo/vocabulary.c include/vigie/vo/names.h src/vo/names.c
vo_files += include/vigie/vo/schema.h src/vo/schema.c include/vigie/vo/download.h src/vo/download.c
