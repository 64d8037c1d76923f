formats_files = \
	include/vigie/formats/json.h src/formats/json.c src/formats/json_num.c src/formats/json_tree.c src/formats/json_write.c \
	include/vigie/formats/csv.h src/formats/csv.c \
	include/vigie/formats/xml.h src/formats/xml.c src/formats/xmltree.c \
	include/vigie/formats/voevent.h src/formats/voevent.c \
	include/vigie/formats/sexa.h src/formats/sexa.c src/formats/sexa_format.c
