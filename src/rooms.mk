# The rooms as libraries, floor by floor. ROOMS_x: what a program that uses room x links, in link order.
include src/base/room.mk
include src/formats/room.mk
include src/io/room.mk
include src/sky/room.mk
include src/store/room.mk
include src/transits/room.mk
include src/alerts/room.mk
include src/vo/room.mk
include src/devices/room.mk
include src/session/room.mk
include src/ui/room.mk
include src/client/room.mk
include src/lua/room.mk
include src/cli/room.mk

noinst_LIBRARIES += src/libbase.a src/libformats.a src/libio.a src/libsky.a src/libstore.a src/libtransits.a src/libalerts.a \
	src/libvo.a src/libdevices.a src/libsession.a src/libui.a src/liblua.a src/libclient.a src/libcli.a
src_libbase_a_SOURCES = $(base_files)
src_libformats_a_SOURCES = $(formats_files)
src_libio_a_SOURCES = $(io_files)
src_libsky_a_SOURCES = $(sky_files)
src_libstore_a_SOURCES = $(store_files)
src_libtransits_a_SOURCES = $(transits_files)
src_libalerts_a_SOURCES = $(alerts_files)
src_libvo_a_SOURCES = $(vo_files)
src_libdevices_a_SOURCES = $(devices_files)
src_libsession_a_SOURCES = $(session_files)
src_libui_a_SOURCES = $(ui_files)
src_liblua_a_SOURCES = $(lua_files)
src_libclient_a_SOURCES = $(client_files)
src_libcli_a_SOURCES = $(cli_files)

ROOMS_BASE = src/libbase.a $(UV_LIBS) -lm
ROOMS_FORMATS = src/libformats.a $(ROOMS_BASE) $(YAJL_LIBS) $(XML_LIBS) $(FITS_LIBS) $(ZLIB_LIBS)
ROOMS_IO = src/libio.a $(ROOMS_BASE) $(CURL_LIBS) $(SERIAL_LIBS) $(KAFKA_LIBS)
ROOMS_SKY = src/libsky.a $(ROOMS_BASE) $(ERFA_LIBS) -lm
ROOMS_STORE = src/libstore.a $(ROOMS_BASE) $(SQLITE_LIBS)
# Floors 0 to 2 together: what a domain room may use.
ROOMS_GROUND = src/libsky.a src/libstore.a src/libformats.a src/libio.a src/libbase.a \
	$(ERFA_LIBS) $(SQLITE_LIBS) $(YAJL_LIBS) $(XML_LIBS) $(FITS_LIBS) $(ZLIB_LIBS) $(CURL_LIBS) $(SERIAL_LIBS) $(KAFKA_LIBS) $(UV_LIBS) -lm
ROOMS_TRANSITS = src/libtransits.a $(ROOMS_GROUND)
ROOMS_ALERTS = src/libalerts.a $(ROOMS_GROUND)
ROOMS_VO = src/libvo.a $(ROOMS_GROUND)
ROOMS_DEVICES = src/libdevices.a $(ROOMS_GROUND)
ROOMS_DOMAIN = src/libtransits.a src/libalerts.a src/libvo.a src/libdevices.a $(ROOMS_GROUND)
ROOMS_SESSION = src/libsession.a $(ROOMS_DOMAIN)
ROOMS_UI = src/libui.a $(ROOMS_SESSION) $(NCURSES_LIBS)
ROOMS_LUA = src/liblua.a $(ROOMS_SESSION) $(LUA_LIBS)
ROOMS_CLIENT = src/libclient.a $(ROOMS_BASE)
ROOMS_CLI = src/libcli.a $(ROOMS_SESSION)
