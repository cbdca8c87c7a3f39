#include "proxy/admin/record_changes.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/admin/during.hpp"
#include "proxy/admin/elsewhere.hpp"
#include "proxy/admin/inspection_document.hpp"
#include "proxy/admin/json_body.hpp"
#include "proxy/admin/json_document.hpp"
#include "proxy/admin/record_document.hpp"
#include "proxy/admin/record_draft_body.hpp"
#include "proxy/log/log.hpp"
#include "proxy/records/inspection.hpp"
#include "proxy/records/record_text.hpp"

namespace countersign::proxy::admin {

namespace {

namespace json = boost::json;
using boost::asio::awaitable;
using profiles::CertificateRecord;
using records::RecordFolder;

constexpr std::string_view kNoFolder =
    "The console changes nothing, since it has no folder to write into. Make one that belongs to "
    "the user that runs countersign, and name it in the configuration: console: { directory: DIR "
    "}.";

/// So many containers are looked at, or wait for it: each holds its bytes, and takes its time.
constexpr unsigned kMostLooking = 4;

/// What a record is called where people read it.
std::string named(std::string_view name) { return certs::in_quotes(certs::printable(name)); }

std::optional<Answer> refusal_of_users(
    const profiles::Configuration& configuration, const std::string& name, std::string_view what
) {
    const std::vector<std::string> users = users_of(configuration, name);
    if (users.empty()) return std::nullopt;
    return problem(
        409, named(name) + " is used by " + (users.size() == 1 ? "profile " : "profiles ") +
                 certs::enumerated(users, "and") + ", and is not " + std::string{what} +
                 ". Give them another record first."
    );
}

/// Whoever changes something says which state he has seen.
std::optional<Answer> refusal_of_version(std::string_view seen, const CertificateRecord& record) {
    if (seen.empty()) {
        return problem(
            428,
            "Say which version of the record you have seen: If-Match: \"VERSION\", as its "
            "document says."
        );
    }
    if (seen.starts_with('"')) seen.remove_prefix(1);
    if (seen.ends_with('"')) seen.remove_suffix(1);
    if (seen == records::version_of(record)) return std::nullopt;
    return problem(
        412, named(record.name) +
                 " has been changed since you looked at it. Look again, and "
                 "decide anew."
    );
}

}  // namespace

void RecordChanges::describe(json::object& object, const CertificateRecord& record) const {
    const auto& folder = configuration().console.directory;
    const std::string why =
        folder ? RecordFolder{*folder, configuration()}.why_fixed(record) : std::string{kNoFolder};
    object["version"] = json_text(records::version_of(record));
    object["editable"] = why.empty();
    object["fixed_because"] = why.empty() ? json::value(nullptr) : json::value(json_text(why));
}

records::AuditEntry RecordChanges::entry_of(
    std::string_view what, std::string name, const Caller& caller
) const {
    records::AuditEntry entry;
    entry.what = what;
    entry.record = std::move(name);
    entry.who = caller.who;
    entry.from = caller.is_unix ? "unix socket" : caller.address.to_text();
    return entry;
}

awaitable<Answer> RecordChanges::inspect(const Call& call) {
    if (*looking_ >= kMostLooking) {
        co_return problem(429, "Others are being looked at just now. Try again in a moment.");
    }
    const During looking{looking_};
    auto draft = draft_in(call.body);
    if (!draft) co_return problem(400, draft.error().sentence);
    auto look = [draft = std::move(*draft)] {
        return records::inspect(draft, std::chrono::system_clock::now());
    };
    const auto found = co_await done_elsewhere(context_, files_, std::move(look));
    if (!found) co_return problem(500, "The container cannot be looked at.");
    co_return document(inspection_document(*found, std::chrono::system_clock::now()));
}

awaitable<Answer> RecordChanges::create(const Call& call, const Caller& caller) {
    auto draft = draft_in(call.body);
    if (!draft) co_return problem(400, draft.error().sentence);
    if (draft->name.empty()) co_return problem(422, "Give the record a name.");
    if (configuration().find_certificate(draft->name) != nullptr) {
        co_return problem(409, "There is a record named " + named(draft->name) + " already.");
    }
    auto entry = entry_of("create", draft->name, caller);
    const auto generation = from_.state.generation;
    const auto& folder = configuration().console.directory;
    Write write = [folder, generation,
                   draft = std::move(*draft)]() -> certs::EditResult<records::RecordChange> {
        const auto found = records::inspect(draft, std::chrono::system_clock::now());
        if (!found.problem.empty()) return certs::EditError{found.problem};
        return RecordFolder{*folder, generation->configuration()}.create(draft, found.type);
    };
    co_return co_await carry_out(std::move(entry), std::move(write), 201);
}

awaitable<Answer> RecordChanges::replace(const Call& call, const Caller& caller, std::string name) {
    const auto generation = from_.state.generation;
    const CertificateRecord& record = *generation->configuration().find_certificate(name);
    auto draft = draft_in(call.body);
    if (!draft) co_return problem(400, draft.error().sentence);
    if (auto refusal = refusal_of_version(call.if_match, record)) co_return std::move(*refusal);
    if (!draft->name.empty() || !draft->description.empty()) {
        co_return problem(
            400,
            "Only the store is replaced, with its password and alias. Name and description "
            "stay; PATCH changes the description."
        );
    }
    draft->name = name;
    auto entry = entry_of("replace", std::move(name), caller);
    const auto& folder = configuration().console.directory;
    Write write = [folder, generation, &record,
                   draft = std::move(*draft)]() -> certs::EditResult<records::RecordChange> {
        const auto found = records::inspect(draft, std::chrono::system_clock::now());
        if (!found.problem.empty()) return certs::EditError{found.problem};
        if ((found.type == profiles::kTrustRecord) == record.is_key_store()) {
            return certs::EditError{
                std::string{"This is a "} + std::string{found.type} +
                ", and the record is none. Make a new record of it."};
        }
        return RecordFolder{*folder, generation->configuration()}.replace(
            record, draft, found.type
        );
    };
    co_return co_await carry_out(std::move(entry), std::move(write), 200);
}

awaitable<Answer> RecordChanges::edit(const Call& call, const Caller& caller, std::string name) {
    const auto generation = from_.state.generation;
    const CertificateRecord& record = *generation->configuration().find_certificate(name);
    const auto asked = object_in(call.body);
    if (!asked) co_return problem(400, "Send what is to change as a JSON object.");
    CertificateRecord next = record;
    for (const auto& [key, value] : *asked) {
        if (key == "active" && value.is_bool()) {
            next.active = value.get_bool();
        } else if (key == "description" && value.is_string()) {
            next.description = std::string{value.get_string()};
            if (std::string wrong = text_problem("description", next.description); !wrong.empty())
                co_return problem(400, wrong);
        } else {
            co_return problem(
                400, "What can be changed so is active, true or false, and description, a text."
            );
        }
    }
    if (auto refusal = refusal_of_version(call.if_match, record)) co_return std::move(*refusal);
    if (record.active && !next.active) {
        auto refusal = refusal_of_users(configuration(), name, "deactivated");
        if (refusal) co_return std::move(*refusal);
    }
    auto entry = entry_of("edit", std::move(name), caller);
    const auto& folder = configuration().console.directory;
    Write write = [folder, generation, &record, next = std::move(next)] {
        return RecordFolder{*folder, generation->configuration()}.rewrite(record, next);
    };
    co_return co_await carry_out(std::move(entry), std::move(write), 200);
}

awaitable<Answer> RecordChanges::remove(const Call& call, const Caller& caller, std::string name) {
    const auto generation = from_.state.generation;
    const CertificateRecord& record = *generation->configuration().find_certificate(name);
    if (auto refusal = refusal_of_version(call.if_match, record)) co_return std::move(*refusal);
    if (auto refusal = refusal_of_users(configuration(), name, "deleted")) {
        co_return std::move(*refusal);
    }
    auto entry = entry_of("delete", std::move(name), caller);
    const auto& folder = configuration().console.directory;
    Write write = [folder, generation, &record] {
        return RecordFolder{*folder, generation->configuration()}.remove(record);
    };
    co_return co_await carry_out(std::move(entry), std::move(write), 204);
}

Answer RecordChanges::changed(const std::string& name, unsigned status) const {
    const auto& generation = *from_.state.generation;
    const CertificateRecord* const record = generation.configuration().find_certificate(name);
    Answer answer;
    if (record != nullptr) {
        json::object object =
            record_object(generation, *record, nullptr, std::chrono::system_clock::now());
        describe(object, *record);
        answer = document(object);
    }
    answer.status = status;
    return answer;
}

std::string RecordChanges::why_not_there(
    const std::string& name, const std::string& version, const std::filesystem::path& folder
) const {
    const generation::Generation& generation = *from_.state.generation;
    const CertificateRecord* const record = generation.configuration().find_certificate(name);
    const bool is_there = record != nullptr && records::version_of(*record) == version;
    if (generation.configuration().console.directory != folder ||
        (version.empty() ? record != nullptr : !is_there)) {
        return "The configuration was changed meanwhile, and what it has now is not this change. "
               "Look again.";
    }
    for (const generation::HeldBack& one : generation.held_back()) {
        for (const profiles::Profile& profile : generation.configuration().profiles) {
            if (profile.name == one.profile && profile.key_store == name) return one.sentence;
        }
    }
    return {};
}

awaitable<Answer> RecordChanges::carry_out(
    records::AuditEntry entry, Write write, unsigned status
) {
    if (!configuration().console.directory) co_return problem(409, kNoFolder);
    if (from_.state.draining)
        co_return problem(409, "It is stopping: nothing is changed any more.");
    if (*busy_ > 0) co_return problem(409, "Another change is being made. Try again in a moment.");
    const During busy{busy_};
    const std::filesystem::path folder = *configuration().console.directory;
    auto written = co_await done_elsewhere(context_, files_, std::move(write));
    if (!written) co_return problem(500, "The change ended by an exception; nothing is changed.");
    if (!*written) co_return problem(422, written->error().sentence);
    entry.before = std::move((*written)->before);
    entry.after = std::move((*written)->after);
    auto result = co_await reloaded(context_, from_.reload);
    if (result && result->adopted) {
        std::string why = why_not_there(entry.record, (*written)->version, folder);
        if (!why.empty()) result = ReloadResult{false, {std::move(why)}};
    }
    if (!result || !result->adopted) {
        co_return co_await put_back(
            std::move(**written), std::move(entry), std::move(result), folder
        );
    }
    entry.result = "in force";
    auto keep = [change = std::make_shared<records::RecordChange>(std::move(**written)), folder,
                 entry] {
        change->files.keep();
        return write_audit_entry(folder, entry);
    };
    const auto told = co_await done_elsewhere(context_, files_, std::move(keep));
    log::info(
        "console: {} of certificate record {} by {} from {}: in force", entry.what,
        named(entry.record), entry.who, entry.from
    );
    if (told && !told->empty()) log::error("{}", *told);
    co_return changed(entry.record, status);
}

awaitable<Answer> RecordChanges::put_back(
    records::RecordChange change, records::AuditEntry entry, std::optional<ReloadResult> result,
    std::filesystem::path folder
) {
    std::vector<std::string> problems{"The reload took too long."};
    if (result) problems = std::move(result->problems);
    auto undo = [change = std::make_shared<records::RecordChange>(std::move(change)), folder, entry,
                 why = lines_of(problems)]() mutable {
        std::vector<std::string> left = change->files.undo();
        entry.result = left.empty() ? "put back: " + why : "NOT put back: " + lines_of(left);
        std::string audit = write_audit_entry(folder, entry);
        if (!audit.empty()) log::error("{}", audit);
        return left;
    };
    auto undone = co_await done_elsewhere(context_, files_, std::move(undo));
    log::warning(
        "console: {} of certificate record {} by {} from {}: refused, and put back", entry.what,
        named(entry.record), entry.who, entry.from
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
