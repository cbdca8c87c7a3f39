#include "proxy/admin/profile_changes.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"
#include "proxy/admin/generation_document.hpp"
#include "proxy/admin/json_body.hpp"
#include "proxy/admin/json_document.hpp"
#include "proxy/admin/record_draft_body.hpp"
#include "proxy/records/profile_text.hpp"

namespace countersign::proxy::admin {

namespace {

namespace json = boost::json;
using boost::asio::awaitable;
using certs::EditError;
using certs::EditResult;
using records::FolderChange;
using records::ProfileFolder;
using records::ProfileProblem;

constexpr std::string_view kGone = "There is no profile of that name. /api/v1/profiles lists them.";

std::string named(std::string_view name) { return certs::in_quotes(certs::printable(name)); }

/// What the body of a call gives for a profile: `profile`, an object with the keys of the
/// configuration, or `yaml`, the same as people write it.
EditResult<json::object> profile_in(std::string_view body) {
    const auto asked = object_in(body);
    const json::value* const profile = asked ? asked->if_contains("profile") : nullptr;
    const json::value* const yaml = asked ? asked->if_contains("yaml") : nullptr;
    const bool is_one =
        asked && asked->size() == 1 &&
        ((profile != nullptr && profile->is_object()) || (yaml != nullptr && yaml->is_string()));
    if (!is_one) {
        return EditError{
            "Send the profile as a JSON object: {\"profile\": {\"name\": ..., \"hosts\": [...]}}, "
            "or as a text: {\"yaml\": ...}."};
    }
    if (profile != nullptr) return profile->get_object();
    const json::string& text = yaml->get_string();
    return records::profile_in_yaml({text.data(), text.size()});
}

json::array problem_objects(const std::vector<ProfileProblem>& problems) {
    return json_list(problems, [](const ProfileProblem& one) {
        return json::object{{"field", json_text(one.field)}, {"text", json_text(one.text)}};
    });
}

/// 422, with what is wrong beside its fields.
Answer refusal_of(const std::vector<ProfileProblem>& problems) {
    std::vector<std::string> lines;
    for (const ProfileProblem& one : problems)
        lines.push_back(one.field.empty() ? one.text : one.field + ": " + one.text);
    json::object object{
        {"title", "Unprocessable Entity"},
        {"status", 422},
        {"detail", json_text(lines_of(lines))},
        {"problems", problem_objects(problems)},
    };
    Answer answer = document(object);
    answer.status = 422;
    answer.type = "application/problem+json";
    return answer;
}

/// What a profile may be called here, beyond what the configuration says.
std::vector<ProfileProblem> problems_of_name(const json::object& profile) {
    const std::string name = records::name_of(profile);
    if (name.empty()) return {{"name", "give the profile a name"}};
    const std::string wrong = text_problem("name", name);
    if (wrong.empty()) return {};
    return {{"name", wrong}};
}

/// The row of `check`.
json::value row_of(const generation::Generation& generation, const std::string& name) {
    for (json::value& row : profile_objects(generation, std::chrono::system_clock::now())) {
        if (row.get_object().at("profile").get_string() == name) return std::move(row);
    }
    return nullptr;
}

json::object document_of(
    const generation::Generation& generation, const std::string& name,
    const std::optional<json::object>& written, const std::string& why_fixed
) {
    json::object object{
        {"profile", row_of(generation, name)},
        {"editable", why_fixed.empty()},
        {"fixed_because", nullptr},
        {"version", nullptr},
        {"written", nullptr},
        {"yaml", nullptr},
    };
    if (!why_fixed.empty()) object["fixed_because"] = json_text(why_fixed);
    if (written) {
        const json::object shown = records::without_values(*written);
        object["version"] = json_text(records::version_of(*written));
        object["yaml"] = json_text(records::profile_yaml(shown));
        object["written"] = shown;
    }
    return object;
}

/// A profile of the folder, read on the thread for files.
struct Found {
    std::optional<json::object> written;
    std::string why_fixed;
};

Found found_in(const ProfileFolder& folder, const profiles::Profile& profile) {
    return {folder.find(profile), folder.why_fixed(profile)};
}

}  // namespace

const profiles::Profile* ProfileChanges::find(const std::string& name) const {
    const auto& all = changes_.configuration().profiles;
    const auto found = std::ranges::find(all, name, &profiles::Profile::name);
    return found == all.end() ? nullptr : &*found;
}

awaitable<Answer> ProfileChanges::preview(const Call& call) {
    const auto given = profile_in(call.body);
    if (!given) co_return problem(400, given.error().sentence);
    const auto looking = changes_.begin_to_look();
    if (!looking) co_return problem(429, FolderChanges::kManyLook);
    const auto folder = changes_.configuration().console.directory;
    if (!folder) co_return problem(409, no_folder());
    const auto generation = changes_.generation();
    const profiles::Profile* const former = find(records::name_of(*given));
    auto look = [generation, former, given = *given, folder = ProfileFolder{*folder},
                 path = state_.configuration] {
        const auto written = former != nullptr ? folder.find(*former) : std::nullopt;
        const json::object whole = records::with_values_of(written.value_or(json::object{}), given);
        std::vector<ProfileProblem> problems = problems_of_name(whole);
        if (problems.empty()) problems = folder.problems_of(whole, path);
        return problems;
    };
    const auto problems = co_await changes_.look(std::move(look));
    if (!problems) co_return problem(500, "The profile cannot be looked at.");
    const json::object shown = records::without_values(*given);
    json::object object{
        {"profile", shown},
        {"yaml", json_text(records::profile_yaml(shown))},
        {"problems", problem_objects(*problems)},
    };
    co_return document(object);
}

awaitable<Answer> ProfileChanges::create(const Call& call, const Caller& caller) {
    const auto given = profile_in(call.body);
    if (!given) co_return problem(400, given.error().sentence);
    if (const auto wrong = problems_of_name(*given); !wrong.empty()) co_return refusal_of(wrong);
    const std::string name = records::name_of(*given);
    if (find(name) != nullptr) {
        co_return problem(409, "There is a profile named " + named(name) + " already.");
    }
    auto entry = FolderChanges::entry_of("create", "profile", name, caller);
    Write write = [given = *given](const ProfileFolder& folder) { return folder.create(given); };
    co_return co_await keep(std::move(entry), *given, std::move(write), 201);
}

awaitable<Answer> ProfileChanges::show(std::string name) {
    const auto generation = changes_.generation();
    const profiles::Profile* const profile = find(name);
    if (profile == nullptr) co_return problem(404, kGone);
    const auto folder = changes_.configuration().console.directory;
    Found found{.written = {}, .why_fixed = std::string{no_folder()}};
    if (folder) {
        auto look = [generation, profile, folder = ProfileFolder{*folder}] {
            return found_in(folder, *profile);
        };
        auto seen = co_await changes_.look(std::move(look));
        if (!seen) co_return problem(500, "The profile's file cannot be looked at.");
        found = std::move(*seen);
    }
    co_return document(document_of(*generation, name, found.written, found.why_fixed));
}

awaitable<Answer> ProfileChanges::replace(
    const Call& call, const Caller& caller, std::string name
) {
    const auto given = profile_in(call.body);
    if (!given) co_return problem(400, given.error().sentence);
    if (records::name_of(*given) != name) {
        co_return problem(
            400, "The profile keeps its name, " + named(name) +
                     ". For another name make a new profile, and delete this one."
        );
    }
    const auto generation = changes_.generation();
    const profiles::Profile* const former = find(name);
    if (former == nullptr) co_return problem(404, kGone);
    const auto folder = changes_.configuration().console.directory;
    if (!folder) co_return problem(409, no_folder());
    auto look = [generation, former, folder = ProfileFolder{*folder}] {
        return found_in(folder, *former);
    };
    const auto found = co_await changes_.look(std::move(look));
    if (!found) co_return problem(500, "The profile's file cannot be looked at.");
    if (!found->written) co_return problem(422, found->why_fixed);
    auto refusal =
        refusal_of_version(call.if_match, records::version_of(*found->written), named(name));
    if (refusal) co_return std::move(*refusal);
    const json::object whole = records::with_values_of(*found->written, *given);
    auto entry = FolderChanges::entry_of("edit", "profile", name, caller);
    Write write = [generation, former, whole](const ProfileFolder& own) {
        return own.replace(*former, whole);
    };
    co_return co_await keep(std::move(entry), whole, std::move(write), 200);
}

awaitable<Answer> ProfileChanges::remove(const Call& call, const Caller& caller, std::string name) {
    const auto generation = changes_.generation();
    const profiles::Profile* const former = find(name);
    if (former == nullptr) co_return problem(404, kGone);
    const auto folder = changes_.configuration().console.directory;
    if (!folder) co_return problem(409, no_folder());
    auto look = [generation, former, folder = ProfileFolder{*folder}] {
        return found_in(folder, *former);
    };
    const auto found = co_await changes_.look(std::move(look));
    if (!found) co_return problem(500, "The profile's file cannot be looked at.");
    if (!found->written) co_return problem(422, found->why_fixed);
    auto refusal =
        refusal_of_version(call.if_match, records::version_of(*found->written), named(name));
    if (refusal) co_return std::move(*refusal);
    auto entry = FolderChanges::entry_of("delete", "profile", name, caller);
    FolderChanges::Asked asked{
        .entry = std::move(entry),
        .write = [generation, former, own = ProfileFolder{*folder}] { return own.remove(*former); },
        .why_not_there =
            [this, name](const std::string&) {
                return find(name) == nullptr ? std::string{} : std::string{changed_meanwhile()};
            },
        .answer =
            [] {
                Answer answer;
                answer.status = 204;
                return answer;
            },
    };
    co_return co_await changes_.carry_out(std::move(asked));
}

awaitable<Answer> ProfileChanges::keep(
    records::AuditEntry entry, json::object profile, Write write, unsigned status
) {
    const auto folder = changes_.configuration().console.directory;
    if (!folder) co_return problem(409, no_folder());
    const ProfileFolder own{*folder};
    // By the reader alone: what it says belongs to a field. The load says the rest.
    auto look = [own, profile, path = state_.configuration] {
        return own.problems_of(profile, path);
    };
    const auto problems = co_await changes_.look(std::move(look));
    if (!problems) co_return problem(500, "The profile cannot be looked at.");
    if (!problems->empty()) co_return refusal_of(*problems);
    const std::string name = entry.name;
    FolderChanges::Asked asked{
        .entry = std::move(entry),
        .write = [own, write = std::move(write)] { return write(own); },
        .why_not_there = [this, name, own](const std::string&) { return why_not_there(name, own); },
        .answer =
            [this, name, profile, status] {
                Answer answer = document(document_of(*changes_.generation(), name, profile, {}));
                answer.status = status;
                return answer;
            },
    };
    co_return co_await changes_.carry_out(std::move(asked));
}

std::string ProfileChanges::why_not_there(const std::string& name, const ProfileFolder& folder)
    const {
    const profiles::Profile* const profile = find(name);
    if (profile == nullptr || !folder.has(*profile)) return std::string{changed_meanwhile()};
    for (const generation::HeldBack& one : changes_.generation()->held_back()) {
        if (one.profile == name) return one.sentence;
    }
    return {};
}

}  // namespace countersign::proxy::admin
