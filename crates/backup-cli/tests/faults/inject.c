/* Runs a program and has exactly one of its system calls fail, counted over all of its threads and
 * of the processes that it starts.
 *
 * usage: inject REPORT N ERRNO_OF_WRITES ERRNO_OF_OTHERS PROGRAM [ARGUMENT…]
 *        inject REPORT CALL[,CALL…] ERRNO any|folder PROGRAM [ARGUMENT…]
 *        inject --possible
 *
 * The kernel asks before each call of the list below (seccomp's user notification), so no call is
 * missed, whichever library makes it. Into REPORT goes what was counted: the calls in all, which one
 * failed and on which file, and how many calls to sync came after it. N = 0 fails none. Closing a file
 * counts only if the file was open for writing: `close-written`.
 * With tN only the calls that start a thread or a process are counted.
 *
 * With the names of a few calls instead of N, each of them fails, on any file or only on folders.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the numbers of this machine's system calls are not known here"
#endif

/* Since Linux 6.6. */
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP 1UL
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif

enum sort { READS, WRITES, SYNCS, NAMES, STARTS };

/* What is counted; `fd` means that the first argument is an open file. */
static const struct call {
    int number;
    const char *name;
    enum sort sort;
    int fd;
} calls[] = {
#define CALL(name, sort, fd) { SYS_##name, #name, sort, fd }
    CALL(read, READS, 1), CALL(pread64, READS, 1), CALL(readv, READS, 1), CALL(preadv, READS, 1),
    CALL(getdents64, READS, 1), CALL(lseek, READS, 1), CALL(copy_file_range, READS, 1),
    CALL(write, WRITES, 1), CALL(pwrite64, WRITES, 1), CALL(writev, WRITES, 1),
    CALL(pwritev, WRITES, 1), CALL(ftruncate, WRITES, 1), CALL(fallocate, WRITES, 1),
    CALL(sendfile, WRITES, 1), CALL(fsync, SYNCS, 1), CALL(fdatasync, SYNCS, 1),
    CALL(close, NAMES, 1),
    CALL(openat, NAMES, 0), CALL(fstat, NAMES, 1), CALL(newfstatat, NAMES, 0),
    CALL(statx, NAMES, 0), CALL(faccessat, NAMES, 0), CALL(readlinkat, NAMES, 0),
    CALL(getcwd, NAMES, 0), CALL(renameat, NAMES, 0), CALL(renameat2, NAMES, 0),
    CALL(linkat, NAMES, 0), CALL(unlinkat, NAMES, 0), CALL(mkdirat, NAMES, 0),
    CALL(truncate, WRITES, 0), CALL(fchmod, NAMES, 1), CALL(fchmodat, NAMES, 0),
    CALL(fchown, NAMES, 1), CALL(utimensat, NAMES, 0), CALL(flock, NAMES, 1),
    CALL(fcntl, NAMES, 1), CALL(pipe2, NAMES, 0),
#ifdef SYS_open
    CALL(open, NAMES, 0), CALL(creat, NAMES, 0), CALL(stat, NAMES, 0), CALL(lstat, NAMES, 0),
    CALL(access, NAMES, 0), CALL(readlink, NAMES, 0), CALL(rename, NAMES, 0), CALL(link, NAMES, 0),
    CALL(unlink, NAMES, 0), CALL(mkdir, NAMES, 0), CALL(rmdir, NAMES, 0), CALL(chmod, NAMES, 0),
    CALL(pipe, NAMES, 0),
#endif
};
enum { CALLS = sizeof calls / sizeof *calls };

static const struct call starts[] = {
    CALL(clone, STARTS, 0), CALL(clone3, STARTS, 0),
#ifdef SYS_fork
    CALL(fork, STARTS, 0), CALL(vfork, STARTS, 0),
#endif
};

/* The requested list; the longer one has room for the other. */
static const struct call *counted = calls;
static int counted_calls = CALLS;

static void die(const char *what) {
    fprintf(stderr, "inject: %s: %s\n", what, strerror(errno));
    exit(99);
}

/* Has the kernel ask about each call of the list, from now on and in every process started from here. */
static int listen_to_calls(void) {
    struct sock_filter filter[CALLS + 6];
    int at = 0;
    filter[at++] = (struct sock_filter)BPF_STMT(
        BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    filter[at++] = (struct sock_filter)BPF_STMT(
        BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (int i = 0; i < counted_calls; i++)
        filter[at++] = (struct sock_filter)BPF_JUMP(
            BPF_JMP | BPF_JEQ | BPF_K, counted[i].number, counted_calls - i, 0);
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
    struct sock_fprog program = { .len = at, .filter = filter };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) die("no_new_privs");
    int fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
                     &program);
    if (fd < 0) die("seccomp");
    return fd;
}

/* Sends an open file to another process, or receives it; without read and write, which are counted. */
static int pass(int socket, int fd) {
    char byte = 0;
    union { char room[CMSG_SPACE(sizeof(int))]; struct cmsghdr align; } control = { { 0 } };
    struct iovec content = { &byte, 1 };
    struct msghdr message = { .msg_iov = &content, .msg_iovlen = 1,
                              .msg_control = &control, .msg_controllen = sizeof control };
    if (fd < 0) {
        if (recvmsg(socket, &message, 0) != 1 || !CMSG_FIRSTHDR(&message)) return -1;
        memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
        return fd;
    }
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(head), &fd, sizeof fd);
    return sendmsg(socket, &message, 0) == 1 ? fd : -1;
}

static const struct call *call_of(int number) {
    for (int i = 0; i < counted_calls; i++)
        if (counted[i].number == number) return &counted[i];
    die("a call that was not asked for");
    return NULL;
}

/* Whether a call is in a list with commas. */
static int lists(const char *list, const char *name) {
    size_t length = strlen(name);
    for (const char *at = list; (at = strstr(at, name)); at += length)
        if ((at == list || at[-1] == ',') && (!at[length] || at[length] == ',')) return 1;
    return 0;
}

/* Whether an open file of another process is a folder, and whether it may be written to. */
static int is_folder(const char *link) {
    struct stat file;
    return !stat(link, &file) && S_ISDIR(file.st_mode);
}
static int is_writable(int process, long long fd) {
    char name[64], line[128];
    unsigned flags = 0;
    snprintf(name, sizeof name, "/proc/%d/fdinfo/%lld", process, fd);
    FILE *info = fopen(name, "r");
    if (!info) return 0;
    while (fgets(line, sizeof line, info))
        if (sscanf(line, "flags: %o", &flags) == 1) break;
    fclose(info);
    return (flags & 3) != 0;
}

int main(int argc, char **argv) {
    int trying = argc == 2 && !strcmp(argv[1], "--possible");
    if (!trying && argc < 6) return 98;
    int of_starts = !trying && argv[2][0] == 't' && argv[2][1] >= '0' && argv[2][1] <= '9';
    const char *number = trying ? "0" : argv[2] + of_starts;
    long target = atol(number);
    const char *always = *number < '0' || *number > '9' ? number : NULL;
    int folders = always && !strcmp(argv[4], "folder");
    if (of_starts) counted = starts, counted_calls = sizeof starts / sizeof *starts;
    int of_writes = trying ? 0 : atoi(argv[3]), of_others = trying ? 0 : atoi(argv[4]);
    char *only_this[] = { argv[0], NULL }, **program = trying ? only_this : argv + 5;

    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets)) die("socketpair");
    pid_t child = fork();
    if (child < 0) die("fork");
    if (!child) {
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        if (pass(sockets[1], listen_to_calls()) < 0) _exit(99);
        if (trying) _exit(access("/", F_OK) ? 1 : 0);
        execv(program[0], program);
        _exit(97);
    }
    close(sockets[1]);
    int listener = pass(sockets[0], -1);
    int ended = syscall(SYS_pidfd_open, child, 0);
    if (listener < 0 || ended < 0) die("the way to the program");
    /* Each question and its answer then wake the other process on the same processor, at once. Older
     * kernels do not know this, and take longer. */
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);

    long count = 0, syncs_after = 0;
    char failed[4600] = "nothing", path[4096];
    struct pollfd waiting[] = { { listener, POLLIN, 0 }, { ended, POLLIN, 0 } };
    while (poll(waiting, 2, -1) >= 0 && !(waiting[1].revents & POLLIN)) {
        struct seccomp_notif question = { 0 };
        if (!(waiting[0].revents & POLLIN)) {
            if (waiting[0].revents) waiting[0].fd = -1;
            continue;
        }
        /* The asking process may have been killed meanwhile. */
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &question)) continue;
        const struct call *call = call_of(question.data.nr);
        struct seccomp_notif_resp answer = { .id = question.id };
        /* Closing a file that was only read loses nothing, and its result is never checked. */
        int written = !strcmp(call->name, "close");
        if (written && !is_writable(question.pid, question.data.args[0])) {
            answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
            ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
            continue;
        }
        count++;
        if (count > target && target && call->sort == SYNCS) syncs_after++;
        char link[64];
        snprintf(link, sizeof link, "/proc/%d/fd/%lld", question.pid,
                 (long long)question.data.args[0]);
        int fails = always ? lists(always, call->name) && (!folders || is_folder(link))
                           : count == target;
        if (fails) {
            answer.error = -(always || call->sort == WRITES ? of_writes : of_others);
            ssize_t length = call->fd ? readlink(link, path, sizeof path - 1) : 0;
            path[length < 0 ? 0 : length] = 0;
            snprintf(failed, sizeof failed, "%s%s %s", call->name, written ? "-written" : "", path);
        } else {
            answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
        }
        ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
    }
    int status;
    if (waitpid(child, &status, 0) != child) die("waitpid");
    if (trying) return WIFEXITED(status) && !WEXITSTATUS(status) && count == 1 ? 0 : 1;
    FILE *report = fopen(argv[1], "w");
    if (!report) die(argv[1]);
    fprintf(report, "%ld\n%s\n%ld\n", count, failed, syncs_after);
    if (fclose(report)) die(argv[1]);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
