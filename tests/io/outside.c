/* outside.c - see outside.h. */
#include "outside.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int connect(int fd, const struct sockaddr *address, socklen_t n)
{
    struct sockaddr_in to;
    if (address->sa_family != AF_INET || n < sizeof to)
        return (int)syscall(SYS_connect, fd, address, n);
    memcpy(&to, address, sizeof to);
    if (to.sin_addr.s_addr == inet_addr(PUBLIC))
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return (int)syscall(SYS_connect, fd, &to, sizeof to);
}
