// Loaded into the program by a test: a machine on which inotify has no instance left.
#include <cerrno>

extern "C" int inotify_init1(int /*flags*/) {
    errno = EMFILE;
    return -1;
}
