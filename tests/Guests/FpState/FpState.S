# SPDX-License-Identifier: MIT
# Fills every register of the processor, spins, and says what is in them afterwards.

.intel_syntax noprefix

# What a FpState.Registers holds, by offset.
.set MXCSR, 512
.set X87_CONTROL, 516
.set X87, 520
.set GENERAL, 544
.set CARRY, 544 + 12 * 8
.set RED_ZONE, 544 + 13 * 8
.set RED_ZONE_WORDS, 16

# void fpstate_spin(const Registers* in, Registers* out, ulong rounds)
.section .text.fpstate_spin, "ax", @progbits
.global fpstate_spin
.type fpstate_spin, @function
.balign 32
fpstate_spin:
        push    rbx
        push    rbp
        push    r12
        push    r13
        push    r14
        push    r15
        sub     rsp, 24
        stmxcsr [rsp]
        fnstcw  [rsp + 4]
        mov     [rsp + 8], rsi
        mov     rsi, rdx

        .set i, 0
        .rept   RED_ZONE_WORDS
        mov     rax, [rdi + RED_ZONE + i * 8]
        mov     [rsp - 8 - i * 8], rax
        .set i, i + 1
        .endr

        ldmxcsr [rdi + MXCSR]
        fldcw   [rdi + X87_CONTROL]
        fld     qword ptr [rdi + X87]
        fld     qword ptr [rdi + X87 + 8]
        fld     qword ptr [rdi + X87 + 16]
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        vmovdqu ymm\n, [rdi + \n * 32]
        .endr
        mov     rax, [rdi + GENERAL]
        mov     rbx, [rdi + GENERAL + 8]
        mov     rcx, [rdi + GENERAL + 16]
        mov     rdx, [rdi + GENERAL + 24]
        mov     rbp, [rdi + GENERAL + 32]
        mov     r8, [rdi + GENERAL + 40]
        mov     r9, [rdi + GENERAL + 48]
        mov     r10, [rdi + GENERAL + 56]
        mov     r11, [rdi + GENERAL + 64]
        mov     r12, [rdi + GENERAL + 72]
        mov     r13, [rdi + GENERAL + 80]
        mov     r14, [rdi + GENERAL + 88]

        # Counting down leaves the carry flag alone.
        stc
.Lspin:
        dec     rsi
        jnz     .Lspin

        mov     rdi, [rsp + 8]
        mov     [rdi + GENERAL], rax
        setc    al
        movzx   eax, al
        mov     [rdi + CARRY], rax
        mov     [rdi + GENERAL + 8], rbx
        mov     [rdi + GENERAL + 16], rcx
        mov     [rdi + GENERAL + 24], rdx
        mov     [rdi + GENERAL + 32], rbp
        mov     [rdi + GENERAL + 40], r8
        mov     [rdi + GENERAL + 48], r9
        mov     [rdi + GENERAL + 56], r10
        mov     [rdi + GENERAL + 64], r11
        mov     [rdi + GENERAL + 72], r12
        mov     [rdi + GENERAL + 80], r13
        mov     [rdi + GENERAL + 88], r14
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        vmovdqu [rdi + \n * 32], ymm\n
        .endr
        stmxcsr [rdi + MXCSR]
        fnstcw  [rdi + X87_CONTROL]
        fstp    qword ptr [rdi + X87 + 16]
        fstp    qword ptr [rdi + X87 + 8]
        fstp    qword ptr [rdi + X87]

        .set i, 0
        .rept   RED_ZONE_WORDS
        mov     rax, [rsp - 8 - i * 8]
        mov     [rdi + RED_ZONE + i * 8], rax
        .set i, i + 1
        .endr

        vzeroupper
        ldmxcsr [rsp]
        fldcw   [rsp + 4]
        add     rsp, 24
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rbp
        pop     rbx
        ret
.size fpstate_spin, . - fpstate_spin

# ulong fpstate_control(): mxcsr in the low half, the x87 control word in the high half.
.section .text.fpstate_control, "ax", @progbits
.global fpstate_control
.type fpstate_control, @function
fpstate_control:
        mov     qword ptr [rsp - 8], 0
        stmxcsr [rsp - 8]
        fnstcw  [rsp - 4]
        mov     rax, [rsp - 8]
        ret
.size fpstate_control, . - fpstate_control

# void fpstate_set_control(ulong control)
.section .text.fpstate_set_control, "ax", @progbits
.global fpstate_set_control
.type fpstate_set_control, @function
fpstate_set_control:
        mov     [rsp - 8], rdi
        ldmxcsr [rsp - 8]
        fldcw   [rsp - 4]
        ret
.size fpstate_set_control, . - fpstate_set_control
