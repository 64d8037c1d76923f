formats_files = \
	include/vigie/formats/xml.h src/formats/xml.c src/formats/xmltree.c \
	include/vigie/formats/voevent.h src/formats/voevent.c
