#include "proxy/commands/completion/offer.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "certs/edit/container.hpp"
#include "certs/make/key_pair.hpp"
#include "proxy/commands/command_table.hpp"

namespace countersign::proxy::commands {
namespace {

OptionSyntax option_of(std::string_view command, std::string_view name) {
    for (const CommandSyntax& syntax : command_table()) {
        if (syntax.name != command) continue;
        for (const OptionSyntax& option : syntax.options) {
            if (names_of(option).back() == name) return option;
        }
    }
    ADD_FAILURE() << command << " has no option " << name;
    return {};
}

TEST(OfferBehind, HasFilesWhereAFileIsMeant) {
    EXPECT_TRUE(offer_behind(option_of("run", "--config")).files);
    EXPECT_TRUE(offer_behind(option_of("keystore export", "--out")).files);
    EXPECT_TRUE(offer_behind(option_of("keystore list", "--password-file")).files);
    EXPECT_FALSE(offer_behind(option_of("keystore list", "--password-env")).files);
    EXPECT_TRUE(offer_behind(option_of("keystore list", "--alias")).words.empty());
}

TEST(OfferBehind, HasOnlyKeysAndContainersThatAreUnderstood) {
    const Offer keys = offer_behind(option_of("keystore generate", "--key"));
    const Offer formats = offer_behind(option_of("keystore generate", "--format"));

    EXPECT_EQ(keys.words.size(), 7U);
    for (const std::string_view word : keys.words) EXPECT_TRUE(certs::KeySpec::parse(word)) << word;
    EXPECT_EQ(formats.words.size(), 4U);
    for (const std::string_view word : formats.words) {
        EXPECT_TRUE(certs::container_named(word)) << word;
    }
    EXPECT_EQ(offer_behind(option_of("keystore convert", "--to")).words, formats.words);
}

TEST(OfferBehind, HasOnlyUsesThatAreTaken) {
    const Offer uses = offer_behind(option_of("keystore generate", "--usage"));

    EXPECT_EQ(uses.words, (std::vector<std::string_view>{"client", "server", "client,server"}));
}

TEST(OfferBehind, HasOnlyRolesThatThereAre) {
    const Offer roles = offer_behind(option_of("console user", "--role"));

    EXPECT_EQ(roles.words, (std::vector<std::string_view>{"view", "edit"}));
}

TEST(OfferBeside, HasTheShellsTheCommandsOrFiles) {
    const std::vector<CommandSyntax> table = command_table();
    const auto beside = [&table](std::string_view name) {
        return offer_beside(table, *std::ranges::find(table, name, &CommandSyntax::name));
    };

    EXPECT_EQ(beside("completion").words, (std::vector<std::string_view>{"bash", "zsh", "fish"}));
    EXPECT_EQ(beside("man").words.size(), subcommands(table, {}).size());
    EXPECT_TRUE(beside("keystore list").files);
    EXPECT_FALSE(beside("explain").files);
    EXPECT_FALSE(beside("run").files);
}

}  // namespace
}  // namespace countersign::proxy::commands
