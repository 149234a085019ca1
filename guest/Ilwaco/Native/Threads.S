# SPDX-License-Identifier: MIT
# Voluntary thread switches, and the first instruction of a thread.

.intel_syntax noprefix
# The instruction page; see InstructionPage.
.set IDLE, 0x11000
.set READY, 0x11200

# void denali_switch(void** saved, void* next): saves what the calling convention makes the callee keep (six registers
# and the control words of both floating-point units) on the stack, stores the stack pointer, and continues where the
# other thread did the same. Interrupts are disabled. ThreadStack.Prepare builds the first such frame of a thread.
.section .text.denali_switch, "ax", @progbits
.global denali_switch
.type denali_switch, @function
.balign 16
denali_switch:
.cfi_startproc
        push    rbp
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset rbp, 0
        push    rbx
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset rbx, 0
        push    r12
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset r12, 0
        push    r13
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset r13, 0
        push    r14
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset r14, 0
        push    r15
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset r15, 0
        sub     rsp, 8
        .cfi_adjust_cfa_offset 8
        stmxcsr [rsp]
        fnstcw  [rsp + 4]
        mov     [rdi], rsp
        mov     rsp, rsi
        ldmxcsr [rsp]
        fldcw   [rsp + 4]
        add     rsp, 8
        .cfi_adjust_cfa_offset -8
        pop     r15
        .cfi_adjust_cfa_offset -8
        .cfi_restore r15
        pop     r14
        .cfi_adjust_cfa_offset -8
        .cfi_restore r14
        pop     r13
        .cfi_adjust_cfa_offset -8
        .cfi_restore r13
        pop     r12
        .cfi_adjust_cfa_offset -8
        .cfi_restore r12
        pop     rbx
        .cfi_adjust_cfa_offset -8
        .cfi_restore rbx
        pop     rbp
        .cfi_adjust_cfa_offset -8
        .cfi_restore rbp
        ret
.cfi_endproc
.size denali_switch, . - denali_switch

# Where the first switch to a thread returns to: rsp is the top of its stack, 16-byte aligned.
.section .text.denali_thread_start, "ax", @progbits
.global denali_thread_start
.type denali_thread_start, @function
.balign 16
denali_thread_start:
.cfi_startproc
        # The end of the chain of frames.
        .cfi_undefined rip
        xor     ebp, ebp
        call    denali_thread_main
        ud2
.cfi_endproc
.size denali_thread_start, . - denali_thread_start

# The address of the above, which C# cannot take.
.section .text.denali_thread_start_address, "ax", @progbits
.global denali_thread_start_address
.type denali_thread_start_address, @function
denali_thread_start_address:
.cfi_startproc
        lea     rax, [rip + denali_thread_start]
        ret
.cfi_endproc
.size denali_thread_start_address, . - denali_thread_start_address

# A VM may come back from these with other floating-point state than it left with; the calling convention lets the
# registers go, but not the control words, and wants the x87 stack empty.
.macro PARKING name, entry
.section .text.\name, "ax", @progbits
.global \name
.type \name, @function
.balign 16
\name:
.cfi_startproc
        sub     rsp, 8
        .cfi_adjust_cfa_offset 8
        stmxcsr [rsp]
        fnstcw  [rsp + 4]
        call    \entry
        ldmxcsr [rsp]
        fninit
        fldcw   [rsp + 4]
        add     rsp, 8
        .cfi_adjust_cfa_offset -8
        ret
.cfi_endproc
.size \name, . - \name
.endm

# ulong denali_idle(ulong deadlineNs)
PARKING denali_idle, IDLE

# ulong denali_ready()
PARKING denali_ready, READY
