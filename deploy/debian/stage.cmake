# Run by cpack over what is about to be packed.
set(root ${CPACK_TEMPORARY_DIRECTORY})
set(deploy ${CPACK_COUNTERSIGN_DEPLOY})
set(documentation ${root}/usr/share/doc/countersign)
# cpack has set it for the installation; file(INSTALL) would put it before the paths below.
set(destdir "$ENV{DESTDIR}")
set(ENV{DESTDIR} "")

function(compressed file)
    execute_process(COMMAND gzip -9n ${file} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# Configuration, service, rotation of logs.
file(INSTALL ${deploy}/debian/countersign.yaml DESTINATION ${root}/etc/countersign)
file(
    INSTALL ${deploy}/debian/countersign.logrotate
    DESTINATION ${root}/etc/logrotate.d
    RENAME countersign
)
file(
    INSTALL ${deploy}/systemd/countersign.service ${deploy}/systemd/countersign.socket
    DESTINATION ${root}/usr/lib/systemd/system
)

# Manual pages are compressed; zsh looks where packages put things.
file(GLOB pages ${root}/usr/share/man/man1/*.1)
foreach(page ${pages})
    compressed(${page})
endforeach()
file(RENAME ${root}/usr/share/zsh/site-functions ${root}/usr/share/zsh/vendor-completions)

# The licence and the changelogs have names of their own.
file(INSTALL ${deploy}/debian/copyright DESTINATION ${documentation})
file(INSTALL ${deploy}/debian/changelog DESTINATION ${documentation} RENAME changelog.Debian)
file(RENAME ${documentation}/CHANGELOG.md ${documentation}/changelog)
file(REMOVE ${documentation}/LICENSE)
file(CREATE_LINK debian/README.md ${documentation}/README.Debian SYMBOLIC)
compressed(${documentation}/changelog.Debian)
compressed(${documentation}/changelog)
file(READ ${documentation}/README.md text)
string(REPLACE "](CHANGELOG.md)" "](changelog.gz)" text "${text}")
string(REPLACE "](LICENSE)" "](copyright)" text "${text}")
file(WRITE ${documentation}/README.md "${text}")
set(ENV{DESTDIR} "${destdir}")
