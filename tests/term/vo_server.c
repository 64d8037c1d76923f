/* vo_server.c - a very small server of the Virtual Observatory for the terminal's tests: a registry,
 * services that answer, fail, never answer or drip, files that drip, a job that runs until a file says so.
 * Not: a real server. vo_server DATA PORTFILE RELEASE: the folder of answers, the file that gets the
 * port, the file whose being there ends the job; RELEASE.log gets each request, RELEASE.aborted is made
 * when the job is aborted. A process a connection.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *data, *release_file;
static int port;

static void say(int fd, const char *text, size_t n)
{
    while (n) {
        ssize_t k = write(fd, text, n);
        if (k <= 0)
            exit(0);
        text += k;
        n -= (size_t)k;
    }
}

static void reply(int fd, const char *status, const char *more, const char *type, const char *body,
                  size_t n)
{
    char head[600];
    int k = snprintf(head, sizeof head,
                     "HTTP/1.1 %s\r\n%sContent-Type: %s\r\nContent-Length: %zu\r\n"
                     "Connection: close\r\n\r\n",
                     status, more, type, n);
    say(fd, head, (size_t)k);
    say(fd, body, n);
}

/* An answer of the folder, @BASE@ replaced by the server's own address. */
static char *answer(const char *name)
{
    static char text[65536], out[70000];
    char path[512];
    snprintf(path, sizeof path, "%s/%s", data, name);
    FILE *f = fopen(path, "r");
    if (!f)
        exit(1);
    size_t n = fread(text, 1, sizeof text - 1, f);
    text[n] = 0;
    fclose(f);
    char *to = out;
    for (const char *s = text; *s;) {
        if (strncmp(s, "@BASE@", 6) == 0) {
            to += sprintf(to, "http://127.0.0.1:%d", port);
            s += 6;
        } else {
            *to++ = *s++;
        }
    }
    *to = 0;
    return out;
}

static void votable(int fd, const char *name)
{
    char *text = answer(name);
    reply(fd, "200 OK", "", "application/x-votable+xml", text, strlen(text));
}

/* A head, then a row every quarter of a second, for ever. */
static void drip(int fd)
{
    static const char head[] =
        "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n<VOTABLE><RESOURCE>"
        "<TABLE><FIELD name=\"k\" datatype=\"int\"/><DATA><TABLEDATA>";
    say(fd, head, sizeof head - 1);
    for (int i = 0;; i++) {
        char row[64];
        say(fd, row, (size_t)snprintf(row, sizeof row, "<TR><TD>%d</TD></TR>\n", i));
        usleep(250000);
    }
}

/* An image: its header at once, then its pixels at 200 kB/s, so that it can be watched and ended; from a
 * byte on when that is asked for. */
static void image(int fd, const char *request, size_t side)
{
    static char cards[2880];
    char head[300], card[81], line[81];
    size_t pixels = side * side * 2, total = 2880 + (pixels + 2879) / 2880 * 2880, at = 0;
    const char *range = strcasestr(request, "\r\nrange: bytes=");
    static const char *const fixed[] = {"SIMPLE  =                    T",
                                        "BITPIX  =                   16",
                                        "NAXIS   =                    2"};
    memset(cards, ' ', sizeof cards);
    for (size_t i = 0; i < 3; i++)
        memcpy(cards + 80 * i, fixed[i], strlen(fixed[i]));
    for (int i = 0; i < 2; i++) {
        snprintf(line, sizeof line, "NAXIS%d  = %20zu", i + 1, side);
        memcpy(cards + 240 + 80 * i, line, strlen(line));
    }
    snprintf(card, sizeof card, "OBJECT  = 'Field of a burst'");
    memcpy(cards + 400, card, strlen(card));
    memcpy(cards + 480, "END", 3);
    if (range)
        at = strtoul(range + 15, NULL, 10);
    at = at < total ? at : 0;
    int k = snprintf(head, sizeof head,
                     "HTTP/1.1 %s\r\nContent-Type: image/fits\r\nContent-Length: %zu\r\n"
                     "ETag: \"1\"\r\nAccept-Ranges: bytes\r\n",
                     at ? "206 Part" : "200 OK", total - at);
    if (at)
        k += snprintf(head + k, sizeof head - (size_t)k, "Content-Range: bytes %zu-%zu/%zu\r\n", at,
                      total - 1, total);
    k += snprintf(head + k, sizeof head - (size_t)k, "Connection: close\r\n\r\n");
    say(fd, head, (size_t)k);
    while (at < total) {
        static const char zero[20000];
        size_t n = at < sizeof cards ? sizeof cards - at : total - at;
        n = n > sizeof zero ? sizeof zero : n;
        say(fd, at < sizeof cards ? cards + at : zero, n);
        at += n;
        if (n == sizeof zero)
            usleep(100000);
    }
}

/* 20,000 rows around the centre, one of them far brighter than the rest. */
static void many(int fd)
{
    static const char head[] =
        "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n<VOTABLE "
        "version=\"1.4\"><RESOURCE type=\"results\"><TABLE name=\"many\">"
        "<FIELD name=\"n\" datatype=\"int\" ucd=\"meta.id;meta.main\"/>"
        "<FIELD name=\"ra\" datatype=\"double\" unit=\"deg\" ucd=\"pos.eq.ra;meta.main\"/>"
        "<FIELD name=\"dec\" datatype=\"double\" unit=\"deg\" ucd=\"pos.eq.dec;meta.main\"/>"
        "<FIELD name=\"g\" datatype=\"float\" unit=\"mag\" ucd=\"phot.mag;em.opt\"/>"
        "<DATA><TABLEDATA>\n";
    static const char tail[] = "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>\n";
    say(fd, head, sizeof head - 1);
    for (int i = 0; i < 20000; i++) {
        char row[160];
        say(fd, row,
            (size_t)snprintf(row, sizeof row,
                             "<TR><TD>%d</TD><TD>%.6f</TD><TD>%.6f</TD><TD>%.3f</TD></TR>\n", i,
                             286 + (i * 7919 % 20000) / 5000.0, 18 + (i * 104729 % 20000) / 5000.0,
                             i == 12345 ? 3.125 : 10 + i % 997 / 100.0));
    }
    say(fd, tail, sizeof tail - 1);
}

static void page(int fd, const char *name, const char *type)
{
    char *text = answer(name);
    reply(fd, "200 OK", "", type, text, strlen(text));
}

/* The request in one line. */
static void note(const char *in)
{
    char path[600], line[8000];
    snprintf(path, sizeof path, "%s.log", release_file);
    const char *body = strstr(in, "\r\n\r\n");
    FILE *f = fopen(path, "a");
    if (!f)
        exit(1);
    snprintf(line, sizeof line, "%.*s %s", (int)strcspn(in, "\r\n"), in, body ? body + 4 : "");
    fprintf(f, "%s\n", line);
    fclose(f);
}

static void job(int fd, const char *request, const char *body, int post)
{
    char more[200], aborted[600];
    snprintf(aborted, sizeof aborted, "%s.aborted", release_file);
    if (strstr(request, "/phase") && !post) {
        const char *phase = access(aborted, F_OK) == 0        ? "ABORTED"
                            : access(release_file, F_OK) == 0 ? "COMPLETED"
                                                              : "EXECUTING";
        reply(fd, "200 OK", "", "text/plain", phase, strlen(phase));
    } else if (strstr(request, "/phase") && strstr(body, "PHASE=ABORT")) {
        FILE *f = fopen(aborted, "w");
        if (f)
            fclose(f);
        reply(fd, "303 See", "", "text/plain", "", 0);
    } else if (strstr(request, "/results/result")) {
        votable(fd, "cone.vot");
    } else {
        snprintf(more, sizeof more, "Location: http://127.0.0.1:%d/tap/async/j1\r\n", port);
        reply(fd, "303 See", more, "text/plain", "", 0);
    }
}

static void count(int fd)
{
    static const char text[] =
        "<VOTABLE><RESOURCE type=\"results\"><TABLE><FIELD name=\"records\" "
        "datatype=\"int\"/><DATA>"
        "<TABLEDATA><TR><TD>4</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";
    reply(fd, "200 OK", "", "application/x-votable+xml", text, sizeof text - 1);
}

static void serve(int fd)
{
    static char in[65536];
    size_t n = 0, want = 0;
    while (n < sizeof in - 1 && (!want || n < want)) {
        ssize_t k = read(fd, in + n, sizeof in - 1 - n);
        if (k <= 0)
            break;
        n += (size_t)k;
        in[n] = 0;
        const char *end = strstr(in, "\r\n\r\n"), *length = strcasestr(in, "\r\ncontent-length:");
        if (end)
            want = (size_t)(end - in) + 4 + (length ? strtoul(length + 17, NULL, 10) : 0);
    }
    note(in);
    char *line = strstr(in, "\r\n"), *body = line ? line + 1 : in;
    if (strstr(in, " /file/small"))
        image(fd, in, 150);
    else if (strstr(in, " /file/large"))
        image(fd, in, 1000);
    if (line)
        *line = 0;
    if (strstr(in, " /file/"))
        (void)0;
    else if (strstr(in, " /sia"))
        votable(fd, "images.vot");
    else if (strstr(in, " /ssa"))
        votable(fd, "spectra.vot");
    else if (strstr(in, " /links"))
        votable(fd, "links.vot");
    else if (strstr(in, " /second"))
        votable(fd, "second.vot");
    else if (strstr(in, " /many"))
        many(fd);
    else if (strstr(in, " /empty"))
        votable(fd, "empty.vot");
    else if (strstr(in, " /tap/examples"))
        page(fd, "examples.xhtml", "application/xhtml+xml");
    else if (strstr(in, " /never"))
        pause();
    else if (strstr(in, " /slow"))
        drip(fd);
    else if (strstr(in, " /bad"))
        reply(fd, "500 Oh", "", "text/plain", "the database is on fire", 23);
    else if (strstr(in, " /cone"))
        votable(fd, "cone.vot");
    else if (strstr(in, "/tap/async"))
        job(fd, in, body, strncmp(in, "POST", 4) == 0);
    else if (strstr(in, "/tap/sync") && strstr(body, "COUNT%28"))
        count(fd);
    else if (strstr(in, "/tap/sync"))
        votable(fd, strstr(body, "TAP_SCHEMA.tables")    ? "tables.vot"
                    : strstr(body, "TAP_SCHEMA.columns") ? "columns.vot"
                    : strstr(body, "FROM%20bursts")      ? "cone.vot"
                    : strstr(body, "everything")         ? "registry-all.vot"
                                                         : "registry.vot");
    else
        reply(fd, "404 No", "", "text/plain", "", 0);
    close(fd);
    exit(0);
}

int main(int argc, char **argv)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (argc < 4 || s < 0 || bind(s, (struct sockaddr *)&a, sizeof a) != 0 || listen(s, 16) != 0 ||
        getsockname(s, (struct sockaddr *)&a, &len) != 0)
        return 1;
    data = argv[1];
    release_file = argv[3];
    port = ntohs(a.sin_port);
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    FILE *f = fopen(argv[2], "w");
    if (!f)
        return 1;
    fprintf(f, "%d\n", port);
    fclose(f);
    for (;;) {
        int fd = accept(s, NULL, NULL);
        if (fd < 0)
            continue;
        if (fork() == 0) {
            close(s);
            serve(fd);
        }
        close(fd);
    }
}
