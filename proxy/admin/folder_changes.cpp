#include "proxy/admin/folder_changes.hpp"

#include <vector>

#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/log/log.hpp"
#include "proxy/records/interrupted_change.hpp"

namespace countersign::proxy::admin {

namespace {

using boost::asio::awaitable;

constexpr std::string_view kNoFolder =
    "The console changes nothing, since it has no folder to write into. Make one that belongs to "
    "the user that runs countersign, and name it in the configuration: console: { directory: DIR "
    "}.";

/// So many containers are looked at, or wait for it: each holds its bytes, and takes its time.
constexpr unsigned kMostLooking = 4;

/// "certificate record 'acme'"
std::string subject_of_entry(const records::AuditEntry& entry) {
    return (entry.kind == "record" ? "certificate record " : "profile ") +
           certs::in_quotes(certs::printable(entry.name));
}

}  // namespace

std::string_view no_folder() { return kNoFolder; }

std::string_view changed_meanwhile() {
    return "The configuration was changed meanwhile, and what it has now is not this change. Look "
           "again.";
}

std::optional<Answer> refusal_of_version(
    std::string_view seen, const std::string& version, const std::string& what
) {
    if (seen.empty()) {
        return problem(
            428, "Say which version of " + what +
                     " you have seen: If-Match: \"VERSION\", as its document says."
        );
    }
    if (seen.starts_with('"')) seen.remove_prefix(1);
    if (seen.ends_with('"')) seen.remove_suffix(1);
    if (seen == version) return std::nullopt;
    return problem(
        412, what + " has been changed since you looked at it. Look again, and decide anew."
    );
}

records::AuditEntry FolderChanges::entry_of(
    std::string_view what, std::string_view kind, std::string name, const Caller& caller
) {
    records::AuditEntry entry;
    entry.what = what;
    entry.kind = kind;
    entry.name = std::move(name);
    entry.who = caller.who;
    entry.from = caller.is_unix ? "unix socket" : caller.address.to_text();
    return entry;
}

std::unique_ptr<During> FolderChanges::begin_to_look() {
    if (*looking_ >= kMostLooking) return nullptr;
    return std::make_unique<During>(looking_);
}

awaitable<Answer> FolderChanges::carry_out(Asked asked) {
    if (!configuration().console.directory) co_return problem(409, kNoFolder);
    if (from_.state.draining)
        co_return problem(409, "It is stopping: nothing is changed any more.");
    if (*busy_ > 0) co_return problem(409, "Another change is being made. Try again in a moment.");
    const During busy{busy_};
    const std::filesystem::path folder = *configuration().console.directory;
    // By a process that had the folder before, or has it too.
    auto begin = [folder, write = std::move(asked.write)] {
        const std::string put_back = records::put_back_interrupted(folder);
        if (!put_back.empty()) log::warning("{}", put_back);
        return write();
    };
    auto written = co_await look(std::move(begin));
    if (!written) co_return problem(500, "The change ended by an exception; nothing is changed.");
    if (!*written) co_return problem(422, written->error());
    records::AuditEntry entry = std::move(asked.entry);
    entry.before = std::move((*written)->before);
    entry.after = std::move((*written)->after);
    auto result = co_await reloaded(context_, from_.reload);
    if (result && result->adopted) {
        std::string why;
        if (configuration().console.directory != folder) {
            why = changed_meanwhile();
        } else {
            why = asked.why_not_there((*written)->version);
        }
        if (!why.empty()) result = ReloadResult{false, {std::move(why)}};
    }
    if (!result || !result->adopted) {
        co_return co_await put_back(
            std::move(**written), std::move(entry), std::move(result), folder
        );
    }
    entry.result = "in force";
    auto keep = [change = std::make_shared<records::FolderChange>(std::move(**written)), folder,
                 entry] {
        // While the change would be put back if the process ended.
        std::string unwritten = write_audit_entry(folder, entry);
        change->files.keep();
        return unwritten;
    };
    const auto told = co_await look(std::move(keep));
    log::info(
        "console: {} of {} by {} from {}: in force", entry.what, subject_of_entry(entry), entry.who,
        entry.from
    );
    if (told && !told->empty()) log::error("{}", *told);
    co_return asked.answer();
}

awaitable<Answer> FolderChanges::put_back(
    records::FolderChange change, records::AuditEntry entry, std::optional<ReloadResult> result,
    std::filesystem::path folder
) {
    std::vector<std::string> problems{"The reload took too long."};
    if (result) problems = std::move(result->problems);
    auto undo = [change = std::make_shared<records::FolderChange>(std::move(change)), folder, entry,
                 why = lines_of(problems)]() mutable {
        std::vector<std::string> left = change->files.undo();
        entry.result = left.empty() ? "put back: " + why : "NOT put back: " + lines_of(left);
        std::string audit = write_audit_entry(folder, entry);
        if (!audit.empty()) log::error("{}", audit);
        return left;
    };
    auto undone = co_await look(std::move(undo));
    const bool whole = undone && undone->empty();
    log::warning(
        "console: {} of {} by {} from {}: refused, and {}", entry.what, subject_of_entry(entry),
        entry.who, entry.from, whole ? "put back" : "NOT put back as a whole: see audit.log"
    );
    // What is there now is what serves.
    if (!from_.state.draining) co_await reloaded(context_, from_.reload);
    if (undone && undone->empty()) {
        problems.emplace_back("The change is not in force; all is as it was before.");
    } else if (undone) {
        problems.emplace_back("The change is not in force, and its files are not all put back:");
        for (std::string& one : *undone) problems.push_back(std::move(one));
    }
    co_return problem(422, lines_of(problems));
}

}  // namespace countersign::proxy::admin
