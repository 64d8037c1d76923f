formats_files = \
	include/vigie/formats/json.h src/formats/json.c src/formats/json_num.c src/formats/json_tree.c src/formats/json_write.c \
	include/vigie/formats/csv.h src/formats/csv.c \
	include/vigie/formats/xml.h src/formats/xml.c src/formats/xmltree.c src/formats/doctype.h src/formats/doctype.c \
	include/vigie/formats/voevent.h src/formats/voevent.c \
	include/vigie/formats/sexa.h src/formats/sexa.c src/formats/sexa_format.c
formats_files += include/vigie/formats/table.h include/vigie/formats/tableio.h include/vigie/formats/votable.h \
	include/vigie/formats/gzip.h src/formats/gzip.c src/formats/tabledata.h src/formats/tableshape.c \
	src/formats/table.c src/formats/tabledoc.c src/formats/tablecell.c src/formats/tablenum.h src/formats/tablenum.c \
	src/formats/tablepow5.c src/formats/tabletext.h src/formats/tablecsv.c src/formats/tableecsv.c src/formats/tablefits.h \
	src/formats/fitshead.h src/formats/fitshead.c include/vigie/formats/fitsheader.h src/formats/fitsheader.c src/formats/tablefits.c src/formats/tablefitsout.c src/formats/tableio.c src/formats/tablewrite.c src/formats/tablevot.c \
	src/formats/votable_own.h src/formats/votable.c src/formats/votablebin.c src/formats/votablequick.c
formats_files += include/vigie/formats/tableops.h src/formats/tableops_own.h src/formats/tablesort.c src/formats/tablestat.c \
	src/formats/tablematch.c src/formats/tablefilter.h src/formats/tablefilter.c src/formats/tablefilter_parse.c
formats_files += include/vigie/formats/fitsmap.h src/formats/fitsmap.c
formats_files += include/vigie/formats/fitsimage.h src/formats/fitsimage.c src/formats/fitsimage_read.c src/formats/fitsimage_tiles.c \
	src/formats/fitsimage_own.h src/formats/fitsimage_save.c
