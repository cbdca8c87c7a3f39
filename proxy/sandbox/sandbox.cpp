#include "proxy/sandbox/sandbox.hpp"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/net/sanitizer.hpp"
#include "proxy/sandbox/landlock.hpp"
#include "proxy/sandbox/system_call_filter.hpp"

namespace countersign::proxy::sandbox {

namespace {

/// A pipe without a name, which Landlock leaves alone. linux/magic.h has the number.
constexpr long kPipes = 0x50495045;

bool is_pipe_without_name(const std::filesystem::path& path) {
    struct statfs status {};
    return ::statfs(path.c_str(), &status) == 0 && status.f_type == kPipes;
}

/// Each path once, in order.
std::string names_of(const std::vector<WritablePlace>& places) {
    std::set<std::string> names;
    for (const WritablePlace& place : places) {
        names.insert(certs::printable(place.granted.string()));
    }
    return certs::enumerated(names, "and");
}

/// The line's two halves.
struct Report {
    std::vector<std::string> in_force;
    std::vector<std::string> missing;

    /// `why_missing`: empty where it is in force.
    void add(std::string what, std::string name, const std::string& why_missing) {
        if (why_missing.empty()) {
            in_force.push_back(std::move(what));
        } else {
            missing.push_back(std::move(name += " (" + why_missing + ")"));
        }
    }
};

std::string reason(int result) { return result == 0 ? std::string{} : std::strerror(errno); }

std::string files_sentence(const std::string& names, int abi) {
    std::string text = "no program is executed, files are written ";
    text += names.empty() ? "nowhere" : "in " + names + " only";
    return text += " (Landlock " + std::to_string(abi) + ")";
}

/// Root is what many a container is content with, and who starts it by hand rather not.
std::string user_note(const profiles::Configuration& configuration) {
    if (::geteuid() == 0) return "; it runs as root: with user: NAME it would not";
    return configuration.user ? "; it runs as " + configuration.user->text : std::string{};
}

}  // namespace

Sandbox Sandbox::enter(const profiles::Configuration& configuration) {
    Sandbox sandbox;
    std::string& text = sandbox.report_;
    text = "sandbox: ";
    if (net::kSanitized || configuration.sandbox == profiles::SandboxRule::off) {
        text += net::kSanitized ? "off in a build with sanitizers" : "off";
        text += user_note(configuration);
        return sandbox;
    }
    const std::vector<WritablePlace> places = writable_places(configuration);
    const std::string names = names_of(places);
    Report report;
    const std::string dumps = reason(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
    report.add("no core dump and no debugger of the same user", "dumpable", dumps);
    const std::string privileges = reason(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    report.add("no new privileges", "no_new_privs", privileges);
    const LandlockState files = restrict_files(places);
    report.add(files_sentence(names, files.abi), "Landlock", files.missing);
    const FilterState calls = refuse_system_calls();
    std::string refused = certs::counted(calls.refused, "system call");
    report.add(refused += " refused (seccomp)", "seccomp", calls.missing);
    sandbox.limits_files_ = files.abi > 0;
    if (sandbox.limits_files_) sandbox.grant(places);
    sandbox.written_in_ = names;
    text += report.in_force.empty() ? "nothing" : certs::joined(report.in_force);
    if (!report.missing.empty()) text += "; NOT in force: " + certs::joined(report.missing);
    text += user_note(configuration);
    return sandbox;
}

void Sandbox::grant(const std::vector<WritablePlace>& places) {
    for (const WritablePlace& place : places) {
        struct stat status {};
        if (::stat(place.granted.c_str(), &status) != 0) continue;
        granted_.push_back({status.st_dev, status.st_ino, place.kind, place.granted});
    }
}

/// A folder that is open has all open that is below it. What was made anew under its name is
/// another one.
bool Sandbox::covers(const WritablePlace& place) const {
    std::filesystem::path path = place.granted;
    if (is_pipe_without_name(path)) return true;
    for (;;) {
        struct stat status {};
        if (::stat(path.c_str(), &status) != 0) return true;  // an error of its own
        const bool granted = std::ranges::any_of(granted_, [&](const Granted& one) {
            return one.device == status.st_dev && one.inode == status.st_ino &&
                   one.kind == place.kind;
        });
        if (granted) return true;
        if (path == path.root_path()) return false;
        path = path.parent_path();
    }
}

std::vector<std::string> Sandbox::objections(const profiles::Configuration& next) const {
    std::vector<std::string> sentences;
    if (!limits_files_) return sentences;
    for (const WritablePlace& place : writable_places(next)) {
        if (covers(place)) continue;
        std::string text = place.subject + ": " + certs::printable(place.path.string());
        text +=
            place.kind == WritablePlace::Kind::socket ? " cannot be made" : " cannot be written";
        text += " by this process: since its start ";
        const std::string granted = certs::printable(place.granted.string());
        if (std::ranges::find(granted_, place.granted, &Granted::path) != granted_.end()) {
            text += granted +
                    " was made anew, and the one that was there is still the only one of "
                    "that name that it writes in (sandbox). Restart countersign.";
        } else {
            text += "it writes ";
            text += written_in_.empty() ? "no files" : "in " + written_in_ + " only";
            text += " (sandbox). Restart countersign to write in " + granted +
                    ", or name a place that was there.";
        }
        sentences.push_back(std::move(text));
    }
    return sentences;
}

}  // namespace countersign::proxy::sandbox
