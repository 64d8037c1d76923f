/* meaning.c - what a question on a wire is for, in a few words, for who reads a wire log at night. See rack.h. Source: the
 * protocols as the drivers speak them (drv_*.c). Not: the drivers; nothing depends on these words.
 */
#include <string.h>

#include "vigie/devices/rack.h"

struct word {
    const char *begins, *means;
};

/* The longer beginning stands before the shorter one. */
static const struct word lx200[] = {{":GVP", "product"},
                                    {":GVN", "firmware"},
                                    {":GR", "right ascension?"},
                                    {":GD", "declination?"},
                                    {":GU", "status?"},
                                    {":Ginfo", "status?"},
                                    {":GS", "sidereal time?"},
                                    {":Gt", "latitude?"},
                                    {":Gg", "longitude?"},
                                    {":GG", "time zone?"},
                                    {":GL", "local time?"},
                                    {":GC", "date?"},
                                    {":Gm", "side of the pier?"},
                                    {":Sr", "target right ascension"},
                                    {":Sd", "target declination"},
                                    {":St", "set latitude"},
                                    {":Sg", "set longitude"},
                                    {":SG", "set time zone"},
                                    {":SL", "set local time"},
                                    {":SC", "set date"},
                                    {":MS", "slew to the target"},
                                    {":Mgn", "guide north"},
                                    {":Mgs", "guide south"},
                                    {":Mge", "guide east"},
                                    {":Mgw", "guide west"},
                                    {":Mn", "move north"},
                                    {":Ms", "move south"},
                                    {":Me", "move east"},
                                    {":Mw", "move west"},
                                    {":Qn", "stop north"},
                                    {":Qs", "stop south"},
                                    {":Qe", "stop east"},
                                    {":Qw", "stop west"},
                                    {":Q", "STOP"},
                                    {":CM", "sync"},
                                    {":hP", "park"},
                                    {":KA", "park"},
                                    {":hR", "unpark"},
                                    {":PO", "unpark"},
                                    {":hW", "unpark"},
                                    {":hC", "home"},
                                    {":Te", "tracking on"},
                                    {":Td", "tracking off"},
                                    {":AP", "tracking on"},
                                    {":AL", "tracking off"},
                                    {":RT9", "tracking off"},
                                    {":RT", "tracking rate"},
                                    {":TQ", "sidereal rate"},
                                    {":TS", "solar rate"},
                                    {":TL", "lunar rate"},
                                    {":R", "speed by hand"},
                                    {":U", "precision"},
                                    {":D", "still slewing?"},
                                    {NULL, NULL}};
static const struct word moonlite[] = {{":GV", "firmware"},
                                       {":GT", "temperature?"},
                                       {":GP", "position?"},
                                       {":GN", "target?"},
                                       {":GI", "moving?"},
                                       {":SN", "target position"},
                                       {":SP", "this position is"},
                                       {":FG", "go"},
                                       {":FQ", "STOP"},
                                       {":C", "read temperature"},
                                       {NULL, NULL}};
static const struct word ioptron[] = {{":MountInfo", "model?"},
                                      {":FW", "firmware"},
                                      {":GLS", "site and status?"},
                                      {":GUT", "time?"},
                                      {":GEP", "position?"},
                                      {":SRA", "target right ascension"},
                                      {":Sd", "target declination"},
                                      {":MS", "slew to the target"},
                                      {":Q", "STOP"},
                                      {":qR", "stop east and west"},
                                      {":qD", "stop north and south"},
                                      {":CM", "sync"},
                                      {":MP1", "park"},
                                      {":MP0", "unpark"},
                                      {":ST1", "tracking on"},
                                      {":ST0", "tracking off"},
                                      {NULL, NULL}};
static const struct word nexstar[] = {
    {"e", "position?"}, {"E", "position?"},     {"r", "slew"},
    {"R", "slew"},      {"s", "sync"},          {"S", "sync"},
    {"L", "slewing?"},  {"M", "STOP the slew"}, {"J", "aligned?"},
    {"t", "tracking?"}, {"T", "tracking"},      {"V", "version"},
    {"m", "model?"},    {"P", "an axis"},       {"p", "side of the pier?"},
    {"w", "site?"},     {"W", "set site"},      {"h", "time?"},
    {"H", "set time"},  {"K", "echo"},          {NULL, NULL}};
static const struct word allsky[] = {{"E", "are you there?"}, {"V", "firmware"},
                                     {"r", "serial number"},  {"T", "expose"},
                                     {"X", "send the image"}, {"K", "block taken: next"},
                                     {"R", "block again"},    {"S", "end of the image"},
                                     {"A", "ABORT"},          {NULL, NULL}};
static const struct word indi[] = {{"<getProperties", "what is there?"},
                                   {"<new", "set"},
                                   {"<set", "it says"},
                                   {"<def", "it has"},
                                   {"<message", "a message"},
                                   {"<delProperty", "gone"},
                                   {"<enableBLOB", "images wanted"},
                                   {NULL, NULL}};
static const struct word alpaca[] = {{"GET", "read"}, {"PUT", "set"}, {NULL, NULL}};

static const struct {
    const char *driver;
    const struct word *words;
} table[] = {{"lx200", lx200},     {"moonlite", moonlite}, {"ioptron", ioptron},
             {"nexstar", nexstar}, {"synscan", nexstar},   {"allsky340", allsky},
             {"indi", indi},       {"alpaca", alpaca}};

const char *wire_meaning(const char *driver, const void *bytes, size_t n)
{
    const struct word *w = NULL;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].driver, driver) == 0)
            w = table[i].words;
    for (; w && w->begins; w++) {
        size_t len = strlen(w->begins);
        if (len <= n && memcmp(bytes, w->begins, len) == 0)
            return w->means;
    }
    return "";
}
