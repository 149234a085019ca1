# SPDX-License-Identifier: MIT
# The ports behind the instruction page, written without it.

.intel_syntax noprefix
.set FIRST_PORT, 0x10
.set PORT_COUNT, 8
.set CASE_BYTES, 8

# void write_port(uint number, uint value)
.section .text.write_port, "ax", @progbits
.global write_port
.type write_port, @function
.balign 16
write_port:
.cfi_startproc
        mov     eax, esi
        lea     rdx, [rip + .Lports]
        and     edi, PORT_COUNT - 1
        lea     rdx, [rdx + rdi * CASE_BYTES]
        jmp     rdx
        .balign CASE_BYTES, 0xCC
.Lports:
.set port, FIRST_PORT
.rept PORT_COUNT
        out     port, al
        ret
        .balign CASE_BYTES, 0xCC
.set port, port + 1
.endr
.cfi_endproc
.size write_port, . - write_port
