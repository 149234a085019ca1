# SPDX-License-Identifier: MIT
# The note that makes an ELF file a Denali image; see ImageNote. The symbols come from the guest's project file.

.section .note.denali, "a", @note
.balign 4
        .long   .Lname_end - .Lname
        .long   .Ldescriptor_end - .Ldescriptor
        .long   1
.Lname:
        .asciz  "Denali"
.Lname_end:
        .balign 4
.Ldescriptor:
        .long   1
        .long   IMAGE_PROCESSOR_LEVEL
        .quad   IMAGE_MEMORY
        .quad   IMAGE_FEATURES
        .long   IMAGE_STACK_BYTES
        .long   IMAGE_STACK_COUNT
.Ldescriptor_end:
        .balign 4
