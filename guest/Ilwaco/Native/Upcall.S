# SPDX-License-Identifier: MIT
# Where the kernel starts an upcall: rsp points at an UpcallFrame on the interrupted thread's stack, below its red zone,
# 16-byte aligned; all other registers are the interrupted thread's; interrupts are disabled, the direction flag is
# clear. Everything that the handler could change is saved on the same stack, so a thread that another one takes over
# from keeps its state with it. XCR0 is 7: x87, SSE and AVX are all the extended state there is.

.intel_syntax noprefix
# InstructionPage.UpcallReturnEntry
.set UPCALL_RETURN, 0x11480
.set EXTENDED_STATE, 7
.set EXTENDED_BYTES, 512 + 64 + 256
.set EXTENDED_HEADER, 512
.set DEFAULT_MXCSR, 0x1F80

.section .rodata.denali_default_mxcsr, "a", @progbits
.balign 4
.Ldefault_mxcsr:
        .long   DEFAULT_MXCSR

.macro SAVE register
        push    \register
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset \register, 0
.endm

.section .text.denali_upcall_entry, "ax", @progbits
.global denali_upcall_entry
.type denali_upcall_entry, @function
.balign 16
denali_upcall_entry:
.cfi_startproc
.cfi_signal_frame
        .cfi_def_cfa rsp, 40
        .cfi_offset rip, -40
        .cfi_offset rsp, -16
        SAVE    rax
        SAVE    rcx
        SAVE    rdx
        SAVE    rsi
        SAVE    rdi
        SAVE    r8
        SAVE    r9
        SAVE    r10
        SAVE    r11
        # The handler keeps these, but whoever looks at a fault wants to find them.
        SAVE    rbx
        SAVE    r12
        SAVE    r13
        SAVE    r14
        SAVE    r15
        SAVE    rbp
        mov     rbp, rsp
        .cfi_def_cfa_register rbp
        sub     rsp, EXTENDED_BYTES
        and     rsp, -64

        # The restoring instruction insists on a header without stray bits; the saving one writes only some of it.
        xor     eax, eax
        mov     ecx, 8
        lea     rdi, [rsp + EXTENDED_HEADER]
        rep stosq
        mov     eax, EXTENDED_STATE
        xor     edx, edx
        xsave   [rsp]

        # What the calling convention promises to the handler.
        vzeroupper
        fninit
        ldmxcsr [rip + .Ldefault_mxcsr]
        call    denali_upcall

        mov     eax, EXTENDED_STATE
        xor     edx, edx
        xrstor  [rsp]
        mov     rsp, rbp
        pop     rbp
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rbx
        pop     r11
        pop     r10
        pop     r9
        pop     r8
        pop     rdi
        pop     rsi
        pop     rdx
        pop     rcx
        pop     rax
        # From here the frame alone describes what was interrupted.
        jmp     UPCALL_RETURN
.cfi_endproc
.size denali_upcall_entry, . - denali_upcall_entry

# The address of the above, which C# cannot take.
.section .text.denali_upcall_entry_address, "ax", @progbits
.global denali_upcall_entry_address
.type denali_upcall_entry_address, @function
denali_upcall_entry_address:
.cfi_startproc
        lea     rax, [rip + denali_upcall_entry]
        ret
.cfi_endproc
.size denali_upcall_entry_address, . - denali_upcall_entry_address
