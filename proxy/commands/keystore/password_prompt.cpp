#include "proxy/commands/keystore/password_prompt.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "certs/bytes.hpp"
#include "proxy/net/unique_fd.hpp"

namespace countersign::proxy::commands {
namespace {

volatile sig_atomic_t interrupted_by = 0;

void remember(int signal) { interrupted_by = signal; }

/// The terminal without echo. Signals that would end or stop the program only interrupt the
/// reading, and are raised again when the echo is back.
class SilentTerminal {
public:
    SilentTerminal() : descriptor_{::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)} {
        if (!descriptor_ || ::tcgetattr(descriptor_.get(), &before_) != 0) return;
        interrupted_by = 0;
        struct sigaction action {};
        action.sa_handler = remember;
        sigset_t blocked;
        sigemptyset(&blocked);
        for (std::size_t i = 0; i < kSignals.size(); ++i) {
            ::sigaction(kSignals[i], &action, &actions_[i]);
            sigaddset(&blocked, kSignals[i]);
        }
        // They come through only while the terminal is waited for: one that came between a look and
        // the wait would be lost, and the wait never end.
        ::pthread_sigmask(SIG_BLOCK, &blocked, &mask_before_);
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        silent.c_lflag |= ECHONL;
        usable_ = ::tcsetattr(descriptor_.get(), TCSAFLUSH, &silent) == 0;
        silenced_ = true;
    }
    SilentTerminal(const SilentTerminal&) = delete;
    SilentTerminal& operator=(const SilentTerminal&) = delete;
    ~SilentTerminal() {
        if (silenced_) {
            ::tcsetattr(descriptor_.get(), TCSAFLUSH, &before_);
            for (std::size_t i = 0; i < kSignals.size(); ++i) {
                ::sigaction(kSignals[i], &actions_[i], nullptr);
            }
            ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
        }
        descriptor_.reset();
        if (silenced_ && interrupted_by != 0) ::raise(interrupted_by);
    }

    bool usable() const { return usable_; }

    void write(std::string_view text) const {
        while (!text.empty()) {
            const ssize_t written = ::write(descriptor_.get(), text.data(), text.size());
            if (written <= 0) return;
            text.remove_prefix(static_cast<std::size_t>(written));
        }
    }

    /// One line without its end; nullopt where the input ends before it, or a signal came.
    std::optional<certs::Secret> read_line() const {
        certs::SecretBytes line;
        line.reserve(kMostBytes);
        unsigned char byte = 0;
        while (line.size() < kMostBytes) {
            pollfd wanted{descriptor_.get(), POLLIN, 0};
            if (::ppoll(&wanted, 1, nullptr, &mask_before_) < 0) {
                if (errno == EINTR && interrupted_by == 0) continue;
                return std::nullopt;
            }
            if (::read(descriptor_.get(), &byte, 1) <= 0) return std::nullopt;
            if (byte == '\n') break;
            line.push_back(byte);
        }
        return certs::Secret{std::string{certs::as_text(line)}};
    }

private:
    static constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
    static constexpr std::size_t kMostBytes = 4096;

    net::UniqueFd descriptor_;
    termios before_{};
    sigset_t mask_before_{};
    std::array<struct sigaction, kSignals.size()> actions_{};
    bool silenced_ = false;
    bool usable_ = false;
};

}  // namespace

std::optional<certs::Secret> ask_password(const std::string& question) {
    const SilentTerminal terminal;
    if (!terminal.usable()) return std::nullopt;
    terminal.write(question + ": ");
    return terminal.read_line();
}

certs::EditResult<certs::Secret> ask_new_password(
    const std::string& question, const std::string& remedy
) {
    std::optional<certs::Secret> first = ask_password(question);
    if (!first) return certs::EditError{remedy};
    const std::optional<certs::Secret> second = ask_password("The same once more");
    if (second != first) {
        return certs::EditError{"the two passwords differ. Nothing was written; try again."};
    }
    return std::move(*first);
}

}  // namespace countersign::proxy::commands
