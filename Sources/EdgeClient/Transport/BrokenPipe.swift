import Glibc

/// Writing to a connection that the other side has closed raises SIGPIPE, which ends the process. libcurl's own
/// writes do not raise it, those of its TLS library do. Ignoring it for the whole process would break
/// `ruhu list … | head`, and libcurl's own guard changes the process's handler, which is not safe beside other threads;
/// so it is blocked in the calling thread, and one that came meanwhile is taken away.
enum BrokenPipe {
    static func blocked<Result>(_ body: () -> Result) -> Result {
        var pipe = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        var pending = sigset_t()
        sigpending(&pending)
        // One that the caller already holds back is the caller's.
        guard sigismember(&pending, SIGPIPE) == 0 else { return body() }
        var before = sigset_t()
        pthread_sigmask(SIG_BLOCK, &pipe, &before)
        defer {
            var atOnce = timespec(tv_sec: 0, tv_nsec: 0)
            while sigtimedwait(&pipe, nil, &atOnce) == -1, errno == EINTR {}
            pthread_sigmask(SIG_SETMASK, &before, nil)
        }
        return body()
    }
}
