# SPDX-License-Identifier: MIT
# Instructions that no guest may execute, one after the other at a fixed distance; the test on the host knows the order.

.intel_syntax noprefix
.set CASE_BYTES, 32
.set PORT_BEHIND_INSTRUCTIONS, 0x18
.set MSR_EFER, 0xC0000080

.macro CASE
        ud2
        .balign CASE_BYTES, 0xCC
.endm

# void execute_privileged(uint number)
.section .text.execute_privileged, "ax", @progbits
.global execute_privileged
.type execute_privileged, @function
.balign CASE_BYTES
execute_privileged:
.cfi_startproc
        lea     rax, [rip + .Lcases]
        mov     ecx, edi
        imul    rcx, rcx, CASE_BYTES
        add     rax, rcx
        jmp     rax
        .balign CASE_BYTES, 0xCC
.Lcases:
        cli
        CASE
        sti
        CASE
        hlt
        CASE
        mov     ecx, MSR_EFER
        rdmsr
        CASE
        mov     ecx, MSR_EFER
        wrmsr
        CASE
        mov     rax, cr0
        CASE
        mov     rax, cr3
        CASE
        mov     cr3, rax
        CASE
        mov     rax, dr7
        CASE
        lgdt    [rsp - 16]
        CASE
        lidt    [rsp - 16]
        CASE
        ltr     ax
        CASE
        invlpg  [rsp]
        CASE
        wbinvd
        CASE
        clts
        CASE
        swapgs
        CASE
        mov     edx, 0x3F8
        out     dx, al
        CASE
        mov     edx, 0x3F8
        in      al, dx
        CASE
        out     PORT_BEHIND_INSTRUCTIONS, al
        CASE
        in      al, 0x10
        CASE
        out     0x10, eax
        CASE
        int     0x80
        CASE
        int     0x0E
        CASE
        sysretq
        CASE
        xor     ecx, ecx
        xsetbv
        CASE
        syscall
        CASE
        ud2
        CASE
.cfi_endproc
.size execute_privileged, . - execute_privileged
