extension Programme {
    /// The law that a decision of it rests on.
    package var law: Law {
        switch self {
        case .dibao: .assistance9
        case .tekun: .assistance14
        case .reliefExpense, .reliefUrgent: .assistance47
        case .elderlyAllowance: .elderly
        case .disabilityLiving, .disabilityCare: .disability
        }
    }
}
