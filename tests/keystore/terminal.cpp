#include "tests/keystore/terminal.hpp"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <stdexcept>

namespace countersign::tests {

Terminal::Terminal(const std::vector<std::string>& argv, const std::filesystem::path& directory) {
    std::vector<std::string> words = argv;
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    int master = -1;
    pid_ = ::forkpty(&master, nullptr, nullptr, nullptr);
    if (pid_ < 0) throw std::runtime_error{"no terminal"};
    if (pid_ == 0) {
        if (::chdir(directory.c_str()) == 0) ::execv(pointers[0], pointers.data());
        ::_exit(127);
    }
    master_ = FileDescriptor{master};
}

Terminal::~Terminal() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

bool Terminal::read_more() {
    pollfd wanted{master_.get(), POLLIN, 0};
    if (::poll(&wanted, 1, static_cast<int>(kPatience.count())) <= 0) return false;
    char buffer[4096];
    const ssize_t got = ::read(master_.get(), buffer, sizeof buffer);
    if (got <= 0) return false;
    shown_.append(buffer, static_cast<std::size_t>(got));
    return true;
}

void Terminal::expect(const std::string& text) {
    while (shown_.find(text, seen_) == std::string::npos) {
        if (!read_more()) throw std::runtime_error{"'" + text + "' does not come: " + shown_};
    }
    seen_ = shown_.find(text, seen_) + text.size();
}

void Terminal::type(const std::string& text) const {
    if (::write(master_.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        throw std::runtime_error{"the terminal takes nothing"};
    }
}

bool Terminal::echoes() const {
    termios settings{};
    if (::tcgetattr(master_.get(), &settings) != 0) throw std::runtime_error{"no settings"};
    return (settings.c_lflag & ECHO) != 0;
}

int Terminal::wait_for_exit() {
    while (read_more()) {
    }
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace countersign::tests
